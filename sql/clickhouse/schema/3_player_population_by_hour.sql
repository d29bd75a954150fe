-- How many people were in an activity in each hour; an instance counts in every hour it touches.
create or replace view player_population_by_hour as
select
  hour,
  activity_id,
  sum(player_count) as player_count
from (
  select
    m.activity_id as activity_id,
    i.player_count as player_count,
    arrayJoin(arrayMap(
      n -> toStartOfHour(i.date_started) + toIntervalHour(n),
      range(toUInt32(dateDiff('hour', i.date_started, i.date_completed)) + 1)
    )) as hour
  from instance as i final
  inner join hash_map as m final on m.hash = i.hash
  where i.player_count < 50
    and i.date_completed >= {since:DateTime('UTC')}
    and i.date_started < {until:DateTime('UTC')}
)
where hour >= {since:DateTime('UTC')}
  and hour < {until:DateTime('UTC')}
group by
  hour,
  activity_id
