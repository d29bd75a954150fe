-- List what a user has earned: each reward of lootboxes once, and the mastery of maps.
-- returns: many
-- row: UserRewardResponse
with earned as (
  select
    u.user_id,
    min(u.earned_at) as earned_at,
    r.name,
    r.type,
    coalesce(r.rarity, 'common') as rarity,
    null::text as medal,
    lootbox.picture_path(r.type, r.name) as path,
    r.key_type
  from lootbox.user_rewards as u
  join lootbox.reward_types as r
    on r.name = u.reward_name and r.type = u.reward_type and r.key_type = u.key_type
  where u.user_id = :user_id
  group by u.user_id, r.name, r.type, r.key_type
  union all
  select
    y.user_id,
    now(),
    y.map_name,
    'mastery',
    'common',
    y.medal,
    lootbox.mastery_path(y.map_name, y.medal),
    null
  from maps.mastery as y
  where y.user_id = :user_id and y.medal <> 'Placeholder'
)
select
  e.user_id,
  coalesce(e.earned_at, now()) as earned_at,
  e.name,
  e.type,
  e.rarity,
  e.medal as "medal?",
  :cdn_url::text || e.path as "url?"
from earned as e
where true
  /*[ and e.type = :reward_type ]*/
  /*[ and e.key_type = :key_type ]*/
  /*[ and e.rarity = :rarity ]*/
order by e.type, e.name, e.key_type
