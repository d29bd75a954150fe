-- Add XP, multiplied by the current multiplier and rounded down, and return what the user had and has, and the tiers
-- of both. The user stays locked until the transaction ends; nothing is returned when there is none.
-- returns: maybe
-- writes: lootbox.xp
with held as (
  select u.id from core.users as u where u.id = :user_id for no key update
),
given as (
  insert into lootbox.xp as x (user_id, amount, type)
  select h.id, floor(:amount::integer * m.value)::integer, :type
  from held as h
  cross join lootbox.xp_multiplier as m
  on conflict (user_id) do update
  set amount = x.amount + excluded.amount, type = excluded.type
  returning
    x.amount - (select floor(:amount::integer * m.value)::integer from lootbox.xp_multiplier as m) as previous_amount,
    x.amount as new_amount
)
select
  g.previous_amount as "previous_amount!",
  g.new_amount,
  o.main_tier_name as old_main,
  n.main_tier_name as new_main,
  o.sub_tier_name as old_sub,
  n.sub_tier_name as new_sub,
  o.prestige_level as old_prestige,
  n.prestige_level as new_prestige
from given as g
-- Below 0, which is refused, there are no tiers.
cross join lootbox.tier_of(greatest(g.previous_amount, 0)) as o
cross join lootbox.tier_of(greatest(g.new_amount, 0)) as n
