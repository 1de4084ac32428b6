-- breaks older programs: no
-- Reports ask for a time span; 100,000 orders without it are a scan of every order there ever was.

create index assignment_by_time on assignment (ordered_at);
