-- breaks older programs: no
-- The larger stream of a camera, opened only while a large picture of it is looked at. Null: it has one stream, or none is known.
alter table camera add column main_address text;
