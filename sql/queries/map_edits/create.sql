-- Keep a proposed edit of a map.
-- returns: value
-- writes: maps.edit_requests
insert into maps.edit_requests (map_id, code, proposed_changes, reason, created_by)
values (:map_id, :code, :proposed_changes, :reason, :created_by)
returning id
