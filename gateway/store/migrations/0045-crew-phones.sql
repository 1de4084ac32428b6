-- breaks older programs: no
-- Taps and photos of crews' phones: each takes effect once, however often it is sent.

create table tap (
  id            text primary key,       -- the phone's own ULID
  assignment_id text not null,
  step          text not null,
  actor         text not null,
  tapped_at     timestamptz,            -- the phone's clock; orders nothing
  received_at   timestamptz not null,
  answer        jsonb not null          -- what the first delivery was answered
);
create index tap_by_time on tap (received_at);

create table photo (
  id            text primary key,       -- the phone's own ULID
  assignment_id text not null references assignment,
  incident_id   text not null,
  patrol_id     text not null,
  file          text not null unique,   -- a name of our own below photos/ of the data folder
  type          text not null,
  bytes         integer not null,
  width_px      integer not null,
  height_px     integer not null,
  tapped_at     timestamptz,
  received_at   timestamptz not null
);
create index photo_of_assignment on photo (assignment_id);
