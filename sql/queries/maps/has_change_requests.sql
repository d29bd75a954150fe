-- Tell whether change requests for a map are unresolved.
-- returns: value
select exists(
  select
  from public.change_requests as r
  where r.code = :code and not coalesce(r.resolved, false)
) as unresolved
