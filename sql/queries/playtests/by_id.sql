-- Return a playtest that may have no thread yet, with the map it is about; nothing when there is none.
-- returns: maybe
select p.id, p.thread_id, p.map_id, m.code, coalesce(p.completed, false) as completed
from playtests.meta as p
join core.maps as m on m.id = p.map_id
where p.id = :playtest_id
