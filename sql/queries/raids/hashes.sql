-- Return which activity and version each hash is, with their names.
-- returns: many
select v.hash, v.activity_id, v.version_id, a.name as activity, d.name as version
from definitions.activity_version as v
join definitions.activity_definition as a on a.id = v.activity_id
join definitions.version_definition as d on d.id = v.version_id
order by v.hash
