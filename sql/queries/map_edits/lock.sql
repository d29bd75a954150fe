-- Lock an edit for its verdict, with its map's present code; nothing when there is none.
-- returns: maybe
select r.id, m.code, r.proposed_changes, r.reason, r.created_by, r.accepted, r.resolved_by
from maps.edit_requests as r
join core.maps as m on m.id = r.map_id
where r.id = :edit_id
for no key update of r
