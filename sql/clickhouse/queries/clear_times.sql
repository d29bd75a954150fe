-- Return how long whole raids took, day by day: the fastest 5 and 10 of a hundred, the middle, the slowest 10.
select
  bungie_day, activity_id, version_id, clears, seconds[1] as fastest_5, seconds[2] as fastest_10,
  seconds[3] as middle, seconds[4] as slowest_10
from clear_time_by_day(since = {since:DateTime('UTC')}, until = {until:DateTime('UTC')})
order by bungie_day, activity_id, version_id
