-- How many characters used a weapon, and their kills with it, by the hour in which instances ended.
create or replace view weapon_meta_by_hour as
select
  hour,
  activity_id,
  weapon.weapon_hash as weapon_hash,
  count() as usage_count,
  sum(weapon.kills) as kill_count,
  sum(weapon.precision_kills) as precision_kill_count
from (
  select
    toStartOfHour(i.date_completed) as hour,
    m.activity_id as activity_id,
    arrayJoin(arrayFlatten(i.players.characters.weapons)) as weapon
  from instance as i final
  inner join hash_map as m final on m.hash = i.hash
  where i.date_completed >= {since:DateTime('UTC')}
    and i.date_completed < {until:DateTime('UTC')}
)
group by
  hour,
  activity_id,
  weapon_hash
