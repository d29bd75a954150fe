-- Return the six badges of a user's rank card with their pictures; nothing when none were ever chosen. Sprays have their
-- own picture, masteries the icon of the level that the user has; badges of other types have none.
-- returns: maybe
select
  b.badge_name1,
  b.badge_type1,
  b.badge_name2,
  b.badge_type2,
  b.badge_name3,
  b.badge_type3,
  b.badge_name4,
  b.badge_type4,
  b.badge_name5,
  b.badge_type5,
  b.badge_name6,
  b.badge_type6,
  :cdn_url::text || rank_card.badge_path(b.user_id, b.badge_type1, b.badge_name1) as badge_url1,
  :cdn_url::text || rank_card.badge_path(b.user_id, b.badge_type2, b.badge_name2) as badge_url2,
  :cdn_url::text || rank_card.badge_path(b.user_id, b.badge_type3, b.badge_name3) as badge_url3,
  :cdn_url::text || rank_card.badge_path(b.user_id, b.badge_type4, b.badge_name4) as badge_url4,
  :cdn_url::text || rank_card.badge_path(b.user_id, b.badge_type5, b.badge_name5) as badge_url5,
  :cdn_url::text || rank_card.badge_path(b.user_id, b.badge_type6, b.badge_name6) as badge_url6
from rank_card.badges as b
where b.user_id = :user_id
