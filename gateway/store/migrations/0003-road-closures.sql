-- breaks older programs: no
-- What officers say about roads; the network itself is in the city folder.

create table road_closure (
  id        text primary key,
  body      jsonb not null,        -- the whole entity as domain/road-closure.ts has it
  ended     boolean not null default false
);
create index road_closure_standing on road_closure (id) where not ended;
