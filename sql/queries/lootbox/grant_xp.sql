-- Add XP, multiplied by the current multiplier and rounded down, and return what the user had and has. The user stays
-- locked until the transaction ends; nothing is returned when there is none.
-- returns: maybe
-- writes: lootbox.xp
with held as (
  select u.id from core.users as u where u.id = :user_id for no key update
)
select x.previous_amount as "previous_amount!", x.new_amount as "new_amount!"
from held as h
cross join lateral lootbox.add_xp(h.id, :amount, :type) as x
