-- Return an edit with its author's name and its map's present code; nothing when the map has no code any more.
-- returns: maybe
select
  r.id,
  m.code as "code",
  r.proposed_changes,
  r.reason,
  r.created_by,
  n.name as submitter_name,
  r.created_at,
  r.message_id
from maps.edit_requests as r
join core.maps as m on m.id = r.map_id
join users.names as n on n.user_id = r.created_by
where r.id = :edit_id and m.code is not null
