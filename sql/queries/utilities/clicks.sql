-- List the last looks at maps, newest first.
-- returns: many
-- row: LogClicksDebug
select c.id, c.map_id, c.user_id, c.source, c.user_agent, c.ip_hash, c.inserted_at, c.day_bucket as "day_bucket!"
from maps.clicks as c
order by c.inserted_at desc, c.id desc
limit 100
