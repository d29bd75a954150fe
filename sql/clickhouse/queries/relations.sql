-- Return with whom a player played most.
select membership_id, instances, weight
from player_relation_weights(member = {member:Int64})
order by weight desc, membership_id
limit {n:UInt32}
