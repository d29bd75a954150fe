-- Name the tiers that two amounts of XP belong to.
-- returns: one
select
  o.main_tier_name as old_main,
  n.main_tier_name as new_main,
  o.sub_tier_name as old_sub,
  n.sub_tier_name as new_sub,
  o.prestige_level as old_prestige,
  n.prestige_level as new_prestige
from lootbox.tier_of(:old_xp) as o
cross join lootbox.tier_of(:new_xp) as n
