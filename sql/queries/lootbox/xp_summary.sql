-- Return a user's XP, its tier, and what the next tiers ask for; nothing for an unknown user.
-- returns: maybe
-- row: XpSummaryResponse
with standing as (
  select coalesce(x.amount, 0) as xp
  from core.users as u
  left join lootbox.xp as x on x.user_id = u.id
  where u.id = :user_id
)
select
  s.xp as xp,
  t.raw_tier as raw_tier,
  t.normalized_tier as normalized_tier,
  t.prestige_level as prestige_level,
  t.main_tier_name as current_main_tier_name,
  t.sub_tier_name as current_sub_tier_name,
  t.full_tier_name as current_full_tier_name,
  m.main_tier_name as next_main_tier_name,
  n.sub_tier_name as next_sub_tier_name,
  n.full_tier_name as next_full_tier_name,
  (t.raw_tier + 1) * 100 - s.xp as next_sub_tier_xp_required,
  (t.raw_tier + 1) * 100 as next_sub_tier_xp_total,
  (t.raw_tier / 5 + 1) * 500 - s.xp as next_main_tier_xp_required,
  (t.raw_tier / 5 + 1) * 500 as next_main_tier_xp_total
from standing as s
cross join lateral lootbox.tier_of(s.xp) as t
cross join lateral lootbox.tier_of((t.raw_tier + 1) * 100) as n
cross join lateral lootbox.tier_of((t.raw_tier / 5 + 1) * 500) as m
