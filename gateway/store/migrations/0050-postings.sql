-- breaks older programs: no
-- Free patrols that were told to stand at a place (补位令). They belong to no incident.

create table posting (
  id         text primary key,
  patrol_id  text not null,
  body       jsonb not null,        -- the whole entity as domain/posting.ts has it
  ended      boolean not null default false
);
create unique index posting_standing on posting (patrol_id) where not ended;
