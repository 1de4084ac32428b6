-- breaks older programs: no (first migration)
-- What must never be lost or doubled lives in ordinary tables: a hypertable's unique keys must contain the time column.

create table signal (
  id            bigint generated always as identity primary key,
  device_id     text not null,
  device_kind   text not null,
  event_id      text not null,          -- the device's own id, or sha256:… of the bytes
  received_at   timestamptz not null,
  raw           bytea not null,         -- as received; parsed after the commit, never before
  readable      boolean not null,
  alarm_id      text,
  unique (device_id, event_id)
);
create index signal_by_device on signal (device_id, id);

-- How far each journal has taken effect; changed in the same transaction as the rows it produced.
create table journal_cursor (
  journal       text primary key,       -- id of the intake that writes it
  segment       bigint not null,
  byte_offset   bigint not null,
  record        bigint not null,        -- running number of the last record that took effect
  changed_at    timestamptz not null default now()
);

create table alarm (
  id                 text primary key,
  device_id          text not null,
  device_kind        text not null,
  site_id            text,
  type               text not null,
  priority           smallint not null,
  state              text not null,
  body               jsonb not null,    -- the whole entity as domain/alarm.ts has it
  raised_at          timestamptz not null,
  acknowledged_at    timestamptz,
  owner              text,
  closed_at          timestamptz,
  incident_id        text
);
-- One open alarm per device: a second press is an occurrence, whatever races.
create unique index alarm_open_of_device on alarm (device_id) where closed_at is null;
create index alarm_by_time on alarm (raised_at desc, id desc);

create table incident (
  id            text primary key,
  number        text not null unique,
  state         text not null,
  body          jsonb not null,
  opened_at     timestamptz not null,
  closed_at     timestamptz
);
create index incident_by_time on incident (opened_at desc, id desc);
create table incident_number (day text primary key, last integer not null);

create table assignment (
  id              text primary key,
  incident_id     text not null references incident,
  patrol_id       text not null,
  state           text not null,
  body            jsonb not null,
  recommendation  jsonb,                -- what the officer was shown, whole
  override_reason text,
  ordered_at      timestamptz not null,
  ended           boolean not null default false
);
create index assignment_of_incident on assignment (incident_id);
-- A patrol is on one incident at a time.
create unique index assignment_open_of_patrol on assignment (patrol_id) where not ended;

-- The one ordered, gapless log. The sequencer's row lock makes numbers follow commits.
create table event_number (one boolean primary key default true check (one), last bigint not null, last_hash bytea not null);
insert into event_number values (true, 0, '\x');
create table event (
  n             bigint primary key,
  at            timestamptz not null,
  kind          text not null,
  action        text not null,
  subject_id    text not null,
  incident_id   text,
  actor         text not null,
  body          jsonb not null,
  prev_hash     bytea not null,
  hash          bytea not null
);
create index event_of_incident on event (incident_id, n) where incident_id is not null;

-- Timers live in rows: they fire once, late rather than never.
create table timer (
  id            bigint generated always as identity primary key,
  kind          text not null,          -- escalate, order-unanswered, …
  subject_id    text not null,
  step          integer not null default 0,
  due_at        timestamptz not null,
  fired_at      timestamptz,
  cancelled_at  timestamptz,
  body          jsonb not null default '{}',
  unique (kind, subject_id, step)
);
create index timer_due on timer (due_at) where fired_at is null and cancelled_at is null;

-- Messages to devices (commands, receipts): written with their cause, sent afterwards, again after a reconnect.
create table outbox (
  id            bigint generated always as identity primary key,
  device_kind   text not null,
  device_id     text not null,
  channel       text not null,
  payload       jsonb not null,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz,
  sent_at       timestamptz
);
create index outbox_unsent on outbox (id) where sent_at is null;

create table rendered (
  alarm_id      text not null,
  session_id    text not null,
  rendered_at   timestamptz not null default now(),
  primary key (alarm_id, session_id)
);

create table trouble (
  id            text primary key,
  subject_kind  text not null,
  subject_id    text not null,
  code          text not null,
  detail        text not null,
  since         timestamptz not null,
  restored_at   timestamptz,
  count         integer not null default 1
);

create table device (
  id              text primary key,
  kind            text not null,
  body            jsonb not null,        -- the registered part (domain/device.ts deviceWriteSchema)
  state           text not null default 'init',
  last_seen_at    timestamptz,
  battery_pct     real,
  tested_at       timestamptz,
  -- sha256 of the credential. It is 160 random bits, so a slow hash would only slow a reconnect storm.
  credential_hash bytea,
  credential_at   timestamptz,
  changed_at      timestamptz not null default now()
);

create table camera (
  id                text primary key,
  body              jsonb not null,      -- cameraWrite without any credential
  enabled           boolean not null default true,
  credential_cipher bytea,               -- AES-256-GCM of {"username","password"}; the key is not in this database
  stream_address    text,                -- what the streamer opens (of ONVIF cameras: as resolved), no credential inside
  snapshot_address  text,
  ptz               boolean not null default false,
  state             text not null default 'idle',
  state_reason      text,
  state_at          timestamptz,
  stream            jsonb not null default '{}',   -- codec, widthPx, heightPx
  changed_at        timestamptz not null default now()
);

create table site   (id text primary key, body jsonb not null);
create table zone   (id text primary key, body jsonb not null);
create table patrol (id text primary key, body jsonb not null);
create table vehicle (id text primary key, kind text not null, body jsonb not null);   -- name, plate

-- Last places: memory is the truth while running, this row survives a restart.
create table vehicle_last (
  vehicle_id    text primary key,
  taken_at      timestamptz not null,
  received_at   timestamptz not null,
  lng           double precision not null,
  lat           double precision not null,
  speed_mps     real not null,
  bearing_deg   real,
  flags         integer not null
);

create table users (
  id            text primary key,
  username      text not null unique,
  display_name  text not null,
  role          text not null,
  jurisdiction  text not null default '',
  patrol_id     text,
  password_hash text,                    -- scrypt$N$r$p$salt$hash; null: no password yet
  disabled      boolean not null default false,
  created_at    timestamptz not null default now()
);
create table session (
  token_hash    bytea primary key,       -- sha256 of the token
  id            text not null unique,
  user_id       text not null references users on delete cascade,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz not null
);
create table sign_in_link (
  token_hash    bytea primary key,
  user_id       text not null references users on delete cascade,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz not null,
  used_at       timestamptz
);

create table audit (
  n             bigint generated always as identity primary key,
  at            timestamptz not null default now(),
  actor         text not null,
  session_id    text,
  action        text not null,
  object_kind   text not null,
  object_id     text,
  reason        text,
  outcome       text not null,
  facts         jsonb not null default '{}'
);

create table setting (key text primary key, value jsonb not null);
