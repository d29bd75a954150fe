-- Return the weapons with most kills, or those that most characters used.
select
  weapon_hash, sum(usage_count) as usage_count, sum(kill_count) as kill_count,
  sum(precision_kill_count) as precision_kill_count
from weapon_meta_by_hour(since = {since:DateTime('UTC')}, until = {until:DateTime('UTC')})
group by weapon_hash
order by if({sort:String} = 'usage', usage_count, kill_count) desc, weapon_hash
limit {n:UInt32}
