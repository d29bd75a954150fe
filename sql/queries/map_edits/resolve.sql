-- Write the verdict on an edit.
-- returns: none
-- writes: maps.edit_requests
update maps.edit_requests
set accepted = :accepted, resolved_by = :resolved_by, resolved_at = now(), rejection_reason = :rejection_reason
where id = :edit_id
