-- List the versions of the migrations that were applied, oldest first.
-- returns: many
select version
from public.schema_migrations
order by version
