-- Tell whether runs of a map wait for their verdict.
-- returns: value
select exists(
  select
  from core.completions as c
  where c.map_id = :map_id and not c.verified and c.verified_by is null
) as pending
