-- Return the hashes under which the raids are played.
-- returns: many
select v.hash
from definitions.activity_version as v
order by v.hash
