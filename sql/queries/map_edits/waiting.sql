-- Return the edit of a map that waits for its verdict; nothing when none does.
-- returns: scalar
select r.id
from maps.edit_requests as r
where r.map_id = :map_id and r.accepted is null
order by r.id
limit 1
