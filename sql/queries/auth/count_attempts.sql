-- Return how many recent attempts at an action one of these identifiers has at most, and in how many seconds its oldest is forgotten.
-- returns: one
select
  coalesce(max(c.amount), 0) as amount,
  coalesce(max(c.forgotten_after), 0)::float8 as forgotten_after
from (
  select
    count(*) as amount,
    extract(epoch from min(a.attempt_at) + :period::interval - now()) as forgotten_after
  from users.auth_rate_limits as a
  where a.identifier = any (:identifiers::text[]) and a.action = :action and a.attempt_at > now() - :period::interval
  group by a.identifier
  order by amount desc
  limit 1
) as c
