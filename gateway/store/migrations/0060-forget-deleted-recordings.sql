-- breaks older programs: no
-- Rows of files that are gone are themselves forgotten after a time; without an index each look for them would read every file's row.
create index recording_file_unlinked on recording_file (unlinked_at) where unlinked_at is not null;
