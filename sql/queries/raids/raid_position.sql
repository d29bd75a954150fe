-- Tell where a player stands on a leaderboard of one raid; nothing for who does not.
-- returns: scalar
select
  case :category
    when 'clears' then b.clears_position
    when 'freshClears' then b.fresh_clears_position
    when 'sherpas' then b.sherpas_position
    when 'timePlayed' then b.total_time_played_position
  end as position
from leaderboard.individual_raid_leaderboard as b
where b.membership_id = :membership_id
  and b.activity_id = (
    select a.id
    from definitions.activity_definition as a
    where a.path = :raid
    limit 1
  )
