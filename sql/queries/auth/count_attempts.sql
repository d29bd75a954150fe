-- Count the recent attempts of one identifier at an action, and tell in how many seconds the oldest one is forgotten.
-- returns: one
select
  count(*) as amount,
  coalesce(extract(epoch from min(a.attempt_at) + :period::interval - now()), 0)::float8 as forgotten_after
from users.auth_rate_limits as a
where a.identifier = :identifier and a.action = :action and a.attempt_at > now() - :period::interval
