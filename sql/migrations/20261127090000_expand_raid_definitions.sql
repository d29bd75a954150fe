-- What the raids are: activities, their versions and hashes, seasons, classes, weapons and feats.
-- migrate:up
create schema definitions;

create type definitions.weapon_element as enum ('Kinetic', 'Arc', 'Solar', 'Void', 'Stasis', 'Strand');
create type definitions.weapon_slot as enum ('Kinetic', 'Energy', 'Power');
create type definitions.weapon_ammo_type as enum ('Primary', 'Special', 'Heavy');
create type definitions.weapon_rarity as enum ('Common', 'Uncommon', 'Rare', 'Legendary', 'Exotic');

create type definitions.weapon_type as enum (
    'Auto Rifle', 'Shotgun', 'Machine Gun', 'Hand Cannon', 'Rocket Launcher', 'Fusion Rifle',
    'Sniper Rifle', 'Pulse Rifle', 'Scout Rifle', 'Sidearm', 'Sword', 'Linear Fusion Rifle',
    'Grenade Launcher', 'Submachine Gun', 'Trace Rifle', 'Bow', 'Glaive'
);

create table definitions.activity_definition (
    id integer not null,
    name text not null,
    path text not null,
    splash_path text not null,
    is_sunset boolean not null default false,
    is_raid boolean not null default true,
    release_date timestamptz(0) not null,
    -- Sums of moments and days depend on the time zone, which a generated column may not.
    day_one_end timestamptz(0) generated always as (
        (release_date at time zone 'UTC' + interval '1 day') at time zone 'UTC'
    ) stored,
    contest_end timestamptz(0),
    week_one_end timestamptz(0),
    milestone_hash bigint,
    constraint activity_definition_pk primary key (id)
);

create table definitions.version_definition (
    id integer not null,
    name text not null,
    associated_activity_id integer,
    path text not null,
    is_challenge_mode boolean not null default false,
    constraint version_definition_pk primary key (id),
    constraint version_definition_activity_fk foreign key (associated_activity_id)
        references definitions.activity_definition (id) on delete set null
);

create table definitions.activity_version (
    hash bigint not null,
    activity_id integer not null,
    version_id integer not null,
    is_world_first boolean not null default false,
    is_contest_eligible boolean not null default false,
    release_date_override timestamptz(0),
    constraint activity_version_pk primary key (hash),
    constraint activity_version_activity_fk foreign key (activity_id)
        references definitions.activity_definition (id) on delete restrict,
    constraint activity_version_version_fk foreign key (version_id)
        references definitions.version_definition (id) on delete restrict
);

create index activity_version_activity_id_idx on definitions.activity_version (activity_id);
create index activity_version_version_id_idx on definitions.activity_version (version_id);

create table definitions.season (
    id integer not null,
    short_name text not null,
    long_name text not null,
    dlc text not null,
    start_date timestamptz(0) not null,
    constraint season_pk primary key (id)
);

create index season_start_date_idx on definitions.season (start_date desc);

create table definitions.class_definition (
    hash bigint not null,
    name text not null,
    constraint class_definition_pk primary key (hash)
);

create table definitions.activity_feat_definition (
    hash bigint not null,
    skull_hash bigint not null,
    name text not null,
    name_short text generated always as (regexp_replace(name, '^Feat:\s*', '')) stored,
    description text not null,
    icon_path text not null,
    description_short text not null,
    modifier_power_contribution integer not null,
    created_at timestamptz not null default now(),
    constraint activity_feat_definition_pk primary key (hash)
);

create table definitions.weapon_definition (
    hash bigint not null,
    name text not null,
    icon_path text not null,
    weapon_type definitions.weapon_type not null,
    element definitions.weapon_element not null,
    slot definitions.weapon_slot not null,
    ammo_type definitions.weapon_ammo_type not null,
    rarity definitions.weapon_rarity not null,
    constraint weapon_definition_pk primary key (hash)
);

-- Which of Bungie's manifests the definitions were read from.
create table definitions.manifest (
    only_one boolean not null default true,
    version text not null,
    read_at timestamptz not null default now(),
    constraint manifest_pk primary key (only_one),
    constraint manifest_only_one_check check (only_one)
);

-- The season a moment lies in: the latest one that began before it; nothing before the first.
create function definitions.get_season(moment timestamptz) returns integer language sql stable as $$
    select s.id from definitions.season as s
    where s.start_date < moment
    order by s.start_date desc
    limit 1
$$;

-- The manifest's numbers in words; an unknown number is an error (case_not_found).
create function definitions.get_element(damage_type integer) returns definitions.weapon_element
language plpgsql immutable strict as $$
begin
    case damage_type
        when 1 then return 'Kinetic';
        when 2 then return 'Arc';
        when 3 then return 'Solar';
        when 4 then return 'Void';
        when 6 then return 'Stasis';
        when 7 then return 'Strand';
    end case;
end
$$;

create function definitions.get_ammo_type(ammo_type integer) returns definitions.weapon_ammo_type
language plpgsql immutable strict as $$
begin
    case ammo_type
        when 1 then return 'Primary';
        when 2 then return 'Special';
        when 3 then return 'Heavy';
    end case;
end
$$;

create function definitions.get_slot(slot_hash bigint) returns definitions.weapon_slot
language plpgsql immutable strict as $$
begin
    case slot_hash
        when 1498876634 then return 'Kinetic';
        when 2465295065 then return 'Energy';
        when 953998645 then return 'Power';
    end case;
end
$$;

create function definitions.get_weapon_type(item_sub_type integer) returns definitions.weapon_type
language plpgsql immutable strict as $$
begin
    case item_sub_type
        when 6 then return 'Auto Rifle';
        when 7 then return 'Shotgun';
        when 8 then return 'Machine Gun';
        when 9 then return 'Hand Cannon';
        when 10 then return 'Rocket Launcher';
        when 11 then return 'Fusion Rifle';
        when 12 then return 'Sniper Rifle';
        when 13 then return 'Pulse Rifle';
        when 14 then return 'Scout Rifle';
        when 17 then return 'Sidearm';
        when 18 then return 'Sword';
        when 22 then return 'Linear Fusion Rifle';
        when 23 then return 'Grenade Launcher';
        when 24 then return 'Submachine Gun';
        when 25 then return 'Trace Rifle';
        when 31 then return 'Bow';
        when 33 then return 'Glaive';
    end case;
end
$$;

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
drop function definitions.get_weapon_type(integer);
drop function definitions.get_slot(bigint);
drop function definitions.get_ammo_type(integer);
drop function definitions.get_element(integer);
drop function definitions.get_season(timestamptz);
drop table definitions.manifest;
drop table definitions.weapon_definition;
drop table definitions.activity_feat_definition;
drop table definitions.class_definition;
drop table definitions.season;
drop table definitions.activity_version;
drop table definitions.version_definition;
drop table definitions.activity_definition;
drop type definitions.weapon_type;
drop type definitions.weapon_rarity;
drop type definitions.weapon_ammo_type;
drop type definitions.weapon_slot;
drop type definitions.weapon_element;
drop schema definitions;
