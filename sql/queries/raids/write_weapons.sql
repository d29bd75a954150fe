-- Write the weapons of a manifest in place of those before; return how many have numbers without a word.
-- returns: value
-- writes: definitions.weapon_definition
-- scan: a manifest has all weapons there are
with given as materialized (
  select
    w.*, definitions.has_words(w.damage_type, w.ammo_type, w.slot_hash, w.item_sub_type, w.rarity) as known
  from jsonb_to_recordset(:weapons) as w (
    hash bigint, name text, icon_path text, damage_type integer, ammo_type integer, slot_hash bigint,
    item_sub_type integer, rarity text
  )
), gone as (
  delete from definitions.weapon_definition as d
  where not exists (select from given as g where g.hash = d.hash and g.known)
), written as (
  insert into definitions.weapon_definition (hash, name, icon_path, weapon_type, element, slot, ammo_type, rarity)
  select
    g.hash, g.name, g.icon_path, definitions.get_weapon_type(g.item_sub_type),
    definitions.get_element(g.damage_type), definitions.get_slot(g.slot_hash),
    definitions.get_ammo_type(g.ammo_type), g.rarity::definitions.weapon_rarity
  from given as g
  where g.known
  on conflict (hash) do update
  set name = excluded.name,
      icon_path = excluded.icon_path,
      weapon_type = excluded.weapon_type,
      element = excluded.element,
      slot = excluded.slot,
      ammo_type = excluded.ammo_type,
      rarity = excluded.rarity
)
select count(*) filter (where not g.known) as unknown
from given as g
