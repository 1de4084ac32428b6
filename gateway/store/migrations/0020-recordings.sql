-- breaks older programs: no
-- Where the pictures of alarms are. The files know their own index too; these rows are rebuilt from them after a crash.

-- What is wanted of a camera for an incident; a press again makes it longer.
create table recording (
  incident_id   text not null,
  camera_id     text not null,
  from_at       timestamptz not null,
  until_at      timestamptz not null,
  primary key (incident_id, camera_id)
);
create index recording_by_camera on recording (camera_id, until_at);

-- While it stands, nothing that the incident wanted is deleted. One row for each incident: the history is in the audit.
create table recording_lock (
  incident_id   text primary key,
  reason        text not null,
  locked_by     text not null,
  locked_at     timestamptz not null,
  released_at   timestamptz
);

-- The unit that is deleted: at most about a minute of one camera. The name is `{folder}/{id}.mp4`, or `.open.mp4` while it is written.
create table recording_file (
  id            text primary key,
  folder        text not null,
  camera_id     text not null,
  init_bytes    integer not null,
  started_at    timestamptz not null,
  ended_at      timestamptz not null,
  bytes         bigint not null,
  deleted_at    timestamptz,            -- committed before the file is unlinked
  unlinked_at   timestamptz
);
create index recording_file_standing on recording_file (started_at) where deleted_at is null;
create index recording_file_by_camera on recording_file (camera_id, started_at);
create index recording_file_to_unlink on recording_file (deleted_at) where deleted_at is not null and unlinked_at is null;

create table recording_segment (
  file_id        text not null references recording_file,
  byte_offset    bigint not null,
  bytes          integer not null,
  camera_id      text not null,
  started_at     timestamptz not null,
  duration_ticks integer not null,      -- of 90 kHz
  discontinuous  boolean not null,
  primary key (file_id, byte_offset)
);
create index recording_segment_by_camera on recording_segment (camera_id, started_at);

create table recording_gap (
  camera_id     text not null,
  from_at       timestamptz not null,
  to_at         timestamptz not null,
  reason        text not null,
  detail        text,
  primary key (camera_id, from_at, reason)
);
