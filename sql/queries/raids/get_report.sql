-- Return a report as it is kept, compressed by gzip.
-- returns: scalar
select r.data
from raw.pgcr as r
where r.instance_id = :instance_id
