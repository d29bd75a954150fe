-- Return the edits that a user proposed, newest first.
-- returns: many
select
  r.id,
  r.map_id,
  coalesce(r.code, m.code, m.original_code) as "code!",
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
where r.created_by = :user_id
  /*[ and (r.accepted is null) = :waiting ]*/
order by r.created_at desc, r.id desc
