-- Let the attempts of these identifiers at an action be counted one after the other, until the transaction ends.
-- returns: value
select count(pg_advisory_xact_lock(i.key)) as locked
from (
  select distinct hashtextextended('attempt ' || :action || ' ' || given.identifier, 0) as key
  from unnest(:identifiers::text[]) as given (identifier)
  order by key
) as i
