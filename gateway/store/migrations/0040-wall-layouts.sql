-- breaks older programs: no
-- An officer's video walls: named layouts, tours, and what each monitor showed last. They follow the officer, not the browser.

create table wall_layouts (
  user_id       text primary key references users on delete cascade,
  revision      integer not null,
  body          jsonb not null,          -- layouts, tours and screens as domain/wall.ts has them
  changed_at    timestamptz not null default now()
);
