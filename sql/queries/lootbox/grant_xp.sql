-- Add XP, multiplied by the current multiplier and rounded down, and return what the user had and has. The user stays
-- locked until the transaction ends; nothing is returned when there is none.
-- returns: maybe
-- writes: lootbox.xp
with held as (
  select u.id, floor(:amount::integer * m.value)::integer as added
  from core.users as u
  cross join lootbox.xp_multiplier as m
  where u.id = :user_id
  for no key update of u
),
given as (
  insert into lootbox.xp as x (user_id, amount, type)
  select h.id, h.added, :type
  from held as h
  on conflict (user_id) do update
  set amount = x.amount + excluded.amount, type = excluded.type
  returning x.amount
)
select g.amount - h.added as previous_amount, g.amount as new_amount
from given as g
cross join held as h
