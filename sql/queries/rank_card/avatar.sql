-- Return the skin and pose of a user's avatar; those that everybody has when none are chosen.
-- returns: one
-- row: AvatarResponse
select
  a.skin,
  a.pose,
  (
    :cdn_url::text || '/assets/rank_card/avatar/' || lootbox.file_name(a.skin) || '/' || lootbox.file_name(a.pose)
    || '.webp'
  ) as url
from (
  select
    coalesce((select c.skin from rank_card.avatar as c where c.user_id = :user_id), 'Overwatch 1') as skin,
    coalesce((select c.pose from rank_card.avatar as c where c.user_id = :user_id), 'Heroic') as pose
) as a
