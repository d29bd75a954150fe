-- Add XP, multiplied by the current multiplier and rounded down, and return what the user had and has.
-- returns: one
-- writes: lootbox.xp
insert into lootbox.xp as x (user_id, amount, type)
select :user_id, floor(:amount::integer * m.value)::integer, :type
from lootbox.xp_multiplier as m
on conflict (user_id) do update
set amount = x.amount + excluded.amount, type = excluded.type
returning
  x.amount - (select floor(:amount::integer * m.value)::integer from lootbox.xp_multiplier as m) as "previous_amount!",
  x.amount as new_amount
