-- breaks older programs: no
-- That no alarm is left unanswered: who had it on a screen while on duty, and answers that were given while the database was away.

alter table rendered add column on_duty boolean not null default false;

-- Answers from the core's own journal; the row makes each take effect once, however often the journal is read.
create table decision (
  id            text primary key,
  alarm_id      text not null,
  actor         text not null,
  decided_at    timestamptz not null,    -- when the officer pressed
  merged_at     timestamptz not null default now(),
  outcome       text not null            -- merged, lost, gone
);
