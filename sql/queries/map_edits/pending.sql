-- Return the edits that wait for their verdict, oldest first.
-- returns: many
-- row: PendingMapEditResponse
select r.id, coalesce(r.code, m.code, m.original_code) as "code!", r.message_id
from maps.edit_requests as r
join core.maps as m on m.id = r.map_id
where r.accepted is null
order by r.id
