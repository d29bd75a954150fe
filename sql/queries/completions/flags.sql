-- List the flags on the runs of one player, oldest first.
-- returns: many
-- row: SuspiciousCompletionResponse
-- type: flag_type = SuspiciousFlag
select
  f.id,
  c.user_id,
  coalesce(f.context, '') as context,
  f.flag_type as "flag_type!",
  c.message_id,
  c.verification_id,
  f.flagged_by as "flagged_by!"
from core.completions as c
join users.suspicious_flags as f on f.completion_id = c.id
where c.user_id = :user_id
order by f.id
