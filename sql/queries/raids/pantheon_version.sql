-- Return the version of the Pantheon that has a path; nothing when there is none.
-- returns: scalar
select distinct d.id
from definitions.version_definition as d
join definitions.activity_version as v on v.version_id = d.id
join definitions.activity_definition as a on a.id = v.activity_id and not a.is_raid
where d.path = :path
