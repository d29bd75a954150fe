-- Choose all six badges of a user's rank card.
-- returns: none
-- writes: rank_card.badges
-- null: badge_name1, badge_type1, badge_name2, badge_type2, badge_name3, badge_type3, badge_name4, badge_type4, badge_name5, badge_type5, badge_name6, badge_type6
insert into rank_card.badges (
  user_id,
  badge_name1,
  badge_type1,
  badge_name2,
  badge_type2,
  badge_name3,
  badge_type3,
  badge_name4,
  badge_type4,
  badge_name5,
  badge_type5,
  badge_name6,
  badge_type6
)
values (
  :user_id,
  :badge_name1,
  :badge_type1,
  :badge_name2,
  :badge_type2,
  :badge_name3,
  :badge_type3,
  :badge_name4,
  :badge_type4,
  :badge_name5,
  :badge_type5,
  :badge_name6,
  :badge_type6
)
on conflict (user_id) do update
set
  badge_name1 = excluded.badge_name1,
  badge_type1 = excluded.badge_type1,
  badge_name2 = excluded.badge_name2,
  badge_type2 = excluded.badge_type2,
  badge_name3 = excluded.badge_name3,
  badge_type3 = excluded.badge_type3,
  badge_name4 = excluded.badge_name4,
  badge_type4 = excluded.badge_type4,
  badge_name5 = excluded.badge_name5,
  badge_type5 = excluded.badge_type5,
  badge_name6 = excluded.badge_name6,
  badge_type6 = excluded.badge_type6
