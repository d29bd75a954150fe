-- Tell whether any run of a player is flagged as suspicious.
-- returns: value
select exists(
  select
  from users.suspicious_flags as f
  join core.completions as c on c.id = f.completion_id
  where c.user_id = :user_id
) as flagged
