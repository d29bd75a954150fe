-- Keep which message shows an edit; returns 0 when there is no such edit.
-- returns: count
-- writes: maps.edit_requests
update maps.edit_requests
set message_id = :message_id
where id = :edit_id
