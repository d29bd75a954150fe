-- Draw rewards of a type of key and keep them as an offer: for each a rarity by its weight, then any reward of that
-- rarity alike. A rarity without rewards gives none. What the user has already is told as a duplicate.
-- returns: many
-- writes: lootbox.offers
-- row: DrawnReward
with tickets as materialized (
  select slot, random() as rarity_ticket, random() as reward_ticket
  from generate_series(1, :amount::integer) as slot
),
bands as (
  select
    b.name,
    b.duplicate_coins,
    (sum(b.weight) over upto - b.weight)::float8 / sum(b.weight) over () as low,
    (sum(b.weight) over upto)::float8 / sum(b.weight) over () as high
  from lootbox.rarities as b
  window upto as (order by b.name)
),
pool as (
  select
    r.name,
    r.type,
    r.rarity,
    r.key_type,
    row_number() over (partition by r.rarity order by r.type, r.name) - 1 as position,
    count(*) over (partition by r.rarity) as size
  from lootbox.reward_types as r
  where r.key_type = :key_type
),
drawn as materialized (
  select
    t.slot,
    p.name,
    p.type,
    p.rarity,
    p.key_type,
    b.duplicate_coins,
    exists(
      select
      from lootbox.user_rewards as u
      where u.user_id = :user_id
        and u.key_type = p.key_type
        and u.reward_type = p.type
        and u.reward_name = p.name
    ) as duplicate
  from tickets as t
  join bands as b on t.rarity_ticket >= b.low and t.rarity_ticket < b.high
  join pool as p on p.rarity = b.name and p.position = floor(t.reward_ticket * p.size)
),
kept as (
  insert into lootbox.offers (user_id, key_type, rewards)
  select :user_id, :key_type, jsonb_agg(jsonb_build_object('name', d.name, 'type', d.type))
  from drawn as d
  having count(*) > 0
)
select
  d.name,
  d.key_type,
  d.rarity as rarity,
  d.type,
  d.duplicate as duplicate,
  case when d.duplicate then d.duplicate_coins else 0 end as coin_amount,
  :cdn_url::text || lootbox.picture_path(d.type, d.name) as url
from drawn as d
order by d.slot
