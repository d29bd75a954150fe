-- How long whole raids took, by the day in which they ended; Bungie's days begin at 17:00 UTC.
create or replace view clear_time_by_day as
select
  toDate(i.date_completed - toIntervalHour(17)) as bungie_day,
  m.activity_id as activity_id,
  m.version_id as version_id,
  count() as clears,
  quantilesExact(0.05, 0.1, 0.5, 0.9)(i.duration) as seconds
from instance as i final
inner join hash_map as m final on m.hash = i.hash
where i.completed = 1
  and i.fresh = 1
  and i.date_completed >= {since:DateTime('UTC')}
  and i.date_completed < {until:DateTime('UTC')}
group by
  bungie_day,
  activity_id,
  version_id
