-- Return an edit of a map, under the code it was proposed for or, where that was released, the map's last one.
-- returns: maybe
select
  r.id,
  r.map_id,
  coalesce(r.code, m.code, m.original_code) as code,
  r.proposed_changes,
  r.reason,
  r.created_by,
  r.created_at,
  r.message_id,
  r.resolved_at,
  r.accepted,
  r.resolved_by,
  r.rejection_reason
from maps.edit_requests as r
join core.maps as m on m.id = r.map_id
where r.id = :edit_id
