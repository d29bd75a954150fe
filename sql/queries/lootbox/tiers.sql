-- Name the tiers that two amounts of XP belong to; 100 XP a sub-tier, 500 a main tier, 10,000 a prestige.
-- returns: one
with amounts as (
  select
    side,
    xp,
    xp / 100 % 100 / 5 as main_index,
    xp / 100 % 5 as sub_index,
    xp / 10000 as prestige
  from (values ('old', :old_xp::integer), ('new', :new_xp::integer)) as given (side, xp)
),
named as (
  select a.side, a.prestige, m.name as main_name, s.name as sub_name
  from amounts as a
  join lootbox.main_tiers as m on m.threshold = a.main_index
  join lootbox.sub_tiers as s on s.threshold = a.sub_index
)
select
  o.main_name as old_main,
  n.main_name as new_main,
  o.sub_name as old_sub,
  n.sub_name as new_sub,
  o.prestige as old_prestige,
  n.prestige as new_prestige
from named as o
join named as n on n.side = 'new'
where o.side = 'old'
