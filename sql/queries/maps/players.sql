-- List who has a verified run of one of these maps.
-- returns: many
select distinct c.user_id
from core.completions as c
where c.map_id = any(:map_ids::integer[]) and c.verified
