-- Return a player's instances, newest first, from before an instance on; of all, or of those that are so.
-- ``members`` took part as well; ``completed`` is whether the player finished; days begin at midnight UTC.
-- returns: many
-- null: activity_id, version_id, completed, fresh, flawless, min_players, max_players, min_seconds, max_seconds, min_season, max_season, since, until
select
  i.instance_id::text as instance_id, i.hash, v.activity_id, v.version_id, i.date_started, i.date_completed,
  i.duration, i.completed as instance_completed, i.fresh, i.flawless, i.player_count, s.completed,
  s.time_played_seconds, s.sherpas, s.is_first_clear
from core.instance_player as s
join core.instance as i on i.instance_id = s.instance_id
join definitions.activity_version as v on v.hash = i.hash
where s.membership_id = :membership_id
  and s.instance_id < :before
  and (:activity_id::integer is null or v.activity_id = :activity_id)
  and (:version_id::integer is null or v.version_id = :version_id)
  and (:completed::boolean is null or s.completed = :completed)
  and (:fresh::boolean is null or i.fresh = :fresh)
  and (:flawless::boolean is null or i.flawless = :flawless)
  and i.player_count between coalesce(:min_players::integer, 0) and coalesce(:max_players::integer, 2147483647)
  and i.duration between coalesce(:min_seconds::integer, 0) and coalesce(:max_seconds::integer, 2147483647)
  and (:min_season::integer is null or i.season_id >= :min_season)
  and (:max_season::integer is null or i.season_id <= :max_season)
  and i.date_completed >= coalesce(:since::date, '-infinity') at time zone 'UTC'
  and i.date_completed < coalesce(:until::date, 'infinity') at time zone 'UTC'
  and not exists (
    select
    from unnest(:members::bigint[]) as m (membership_id)
    where not exists (
      select
      from core.instance_player as o
      where o.instance_id = s.instance_id
        and o.membership_id = m.membership_id
    )
  )
order by s.instance_id desc
limit :n
