-- With whom a player played how much: of each instance the shorter of both times in seconds, four times where both
-- finished and twice where one did.
create or replace view player_relation_weights as
select
  other.membership_id as membership_id,
  count() as instances,
  sum(
    toUInt64(least(own.time_played_seconds, other.time_played_seconds)) * (own.completed + 1) * (other.completed + 1)
  ) as weight
from (
  select
    arrayFirst(p -> p.membership_id = {member:Int64}, i.players) as own,
    arrayJoin(i.players) as other
  from instance as i final
  where i.player_count < 50
    and has(i.players.membership_id, {member:Int64})
)
where other.membership_id != {member:Int64}
group by membership_id
