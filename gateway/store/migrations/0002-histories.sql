-- breaks older programs: no
-- Telemetry: hypertables with TimescaleDB, else partitioned by day. The runner replaces the markers, see migrate.ts.

create table fix (
  vehicle_id    text not null,
  taken_at      timestamptz not null,
  received_at   timestamptz not null,
  lng           double precision not null,
  lat           double precision not null,
  speed_mps     real not null,
  bearing_deg   real,
  accuracy_m    real,
  flags         integer not null
) /*history: fix taken_at*/;
create index fix_by_vehicle on fix (vehicle_id, taken_at desc);

create table beat (
  device_id     text not null,
  received_at   timestamptz not null,
  battery_pct   real,
  rssi_dbm      real,
  uptime_s      real
) /*history: beat received_at*/;
create index beat_by_device on beat (device_id, received_at desc);

create table camera_health (
  camera_id     text not null,
  at            timestamptz not null,
  state         text not null,
  reason        text,
  bitrate_bps   real,
  frames        integer,
  key_frames    integer,
  lost_packets  integer
) /*history: camera_health at*/;
create index camera_health_by_camera on camera_health (camera_id, at desc);

create table coverage_minute (
  zone_id       text not null,
  at            timestamptz not null,
  share         real not null,
  goal_s        integer not null
) /*history: coverage_minute at*/;
create index coverage_minute_by_zone on coverage_minute (zone_id, at desc);
