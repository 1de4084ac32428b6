-- breaks older programs: no
-- How far a camera's own clock is ahead of ours. Nothing else is taken from it: evidence carries the centre's time.

alter table camera
  add column clock_offset_ms integer,      -- null: never told
  add column clock_asked_at  timestamptz;  -- also when it did not answer, so that the next camera has its turn
