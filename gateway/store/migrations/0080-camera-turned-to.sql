-- breaks older programs: no
-- Which incident a camera looks at because an alarm has turned it; beside its row in camera_slew, so that every event of the camera carries it.

alter table camera add column turned_to text;
update camera set turned_to = camera_slew.incident_id from camera_slew where camera_slew.camera_id = camera.id;
