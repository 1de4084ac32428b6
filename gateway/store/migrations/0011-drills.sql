-- breaks older programs: no
-- Windows in which presses of a site are marked as part of a drill.

create table drill (
  id        text primary key,
  site_id   text not null,
  from_at   timestamptz not null,
  to_at     timestamptz not null,
  body      jsonb not null         -- the whole entity as domain/drill.ts has it
);
create index drill_of_site on drill (site_id, from_at desc);
create index drill_by_end on drill (to_at);
