-- breaks older programs: no
-- A trouble's figures apart from its words, so that a desk can say them in its own language; since when a device has no connection; and since when it is
-- in the register, so that a new button is not called untested on its first day.

alter table trouble add column facts jsonb;
alter table device add column offline_since timestamptz;
alter table device add column registered_at timestamptz not null default now();
