-- Return the background of a user's rank card; one that shows nothing when none is chosen.
-- returns: one
-- row: BackgroundResponse
select
  b.name,
  (:cdn_url::text || '/assets/rank_card/background/' || lootbox.file_name(b.name) || '.webp') as url
from (
  select coalesce(
    (select nullif(c.name, '') from rank_card.background as c where c.user_id = :user_id), 'placeholder'
  ) as name
) as b
