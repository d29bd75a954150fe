-- Which of Bungie's manifests the definitions were read from, and which of its weapons the words here suffice for.
-- migrate:up
create table definitions.manifest (
    only_one boolean not null default true,
    version text not null,
    read_at timestamptz not null default now(),
    constraint manifest_pk primary key (only_one),
    constraint manifest_only_one_check check (only_one)
);

-- Whether all numbers of a weapon have a word; a classified weapon has none, and a new kind needs a migration.
create function definitions.has_words(
    damage_type integer, ammo_type integer, slot_hash bigint, item_sub_type integer, rarity text
) returns boolean language plpgsql stable as $$
begin
    return definitions.get_element(damage_type) is not null
        and definitions.get_ammo_type(ammo_type) is not null
        and definitions.get_slot(slot_hash) is not null
        and definitions.get_weapon_type(item_sub_type) is not null
        and rarity::definitions.weapon_rarity is not null;
exception when case_not_found or invalid_text_representation then
    return false;
end
$$;

-- migrate:down
drop function definitions.has_words(integer, integer, bigint, integer, text);
drop table definitions.manifest;
