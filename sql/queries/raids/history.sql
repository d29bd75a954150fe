-- Return a player's instances, newest first, from before an instance on.
-- returns: many
select
  i.instance_id::text as instance_id, i.hash, v.activity_id, v.version_id, i.date_started, i.date_completed,
  i.duration, i.completed as instance_completed, i.fresh, i.flawless, i.player_count, s.completed,
  s.time_played_seconds, s.sherpas, s.is_first_clear
from core.instance_player as s
join core.instance as i on i.instance_id = s.instance_id
join definitions.activity_version as v on v.hash = i.hash
where s.membership_id = :membership_id
  and s.instance_id < :before
order by s.instance_id desc
limit :n
