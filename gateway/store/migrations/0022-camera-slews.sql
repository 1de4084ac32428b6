-- breaks older programs: no
-- Cameras that an alarm has turned and that must be turned back, also by a centre that was restarted meanwhile.

create table camera_slew (
  camera_id   text primary key references camera (id) on delete cascade,
  incident_id text not null,
  earlier     jsonb,                  -- {pan, tilt, zoom}; null: it did not tell, then it goes home
  until       timestamptz not null
);
