-- Return the thread of a map's open playtest; nothing when there is none.
-- returns: scalar
select p.thread_id
from core.maps as m
join playtests.meta as p on p.map_id = m.id
where m.code = :code and p.thread_id is not null and not coalesce(p.completed, false)
order by p.id desc
limit 1
