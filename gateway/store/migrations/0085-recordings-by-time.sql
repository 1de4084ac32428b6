-- breaks older programs: no
-- Which recordings and which gaps a time meets. A camera has at most a few at one moment, and years of them: an index that begins with
-- the camera reads them all. Two that stand the wrong way round (a clock was set back) are turned, a range must not be.
create index recording_by_range on recording using gist (tstzrange(least(from_at, until_at), greatest(from_at, until_at)));
create index recording_gap_by_range on recording_gap using gist (tstzrange(least(from_at, to_at), greatest(from_at, to_at)));
-- Those whose lock may be missing: asked for every ten seconds.
create index incident_real_by_closing on incident (closed_at) where closed_at is not null and body ->> 'disposition' = 'real';
