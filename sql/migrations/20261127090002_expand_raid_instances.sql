-- What was played: players, instances, characters, weapons, the reports themselves, and clans.
-- migrate:up
create schema extended;
create schema raw;
create schema clan;

create table core.player (
    membership_id bigint not null,
    membership_type integer,
    icon_path text,
    display_name text,
    bungie_global_display_name text,
    bungie_global_display_name_code text,
    bungie_name text generated always as (
        case
            when bungie_global_display_name is not null and bungie_global_display_name_code is not null
                then bungie_global_display_name || '#' || bungie_global_display_name_code
            else display_name
        end
    ) stored,
    first_seen timestamptz(3) not null default now(),
    last_seen timestamptz(3) not null,
    clears integer not null default 0,
    fresh_clears integer not null default 0,
    sherpas integer not null default 0,
    total_time_played_seconds integer not null default 0,
    sum_of_best integer,
    last_crawled timestamptz(3),
    history_last_crawled timestamptz(3),
    wfr_score double precision not null default 0,
    -- Doubles every 20 million seconds, about 231 days, so that who plays today is found before who played then.
    _search_score numeric(14, 4) generated always as (
        sqrt(clears + 1) * sqrt(wfr_score + 1)
        * power(2, greatest(0, extract(epoch from last_seen at time zone 'UTC' - timestamp '2017-08-27')) / 2e7)
    ) stored,
    cheat_level smallint not null default 0,
    is_private boolean not null default false,
    is_whitelisted boolean not null default false,
    constraint player_pk primary key (membership_id),
    constraint player_cheat_level_check check (cheat_level between 0 and 4)
);

create index player_bungie_name_idx on core.player (lower(bungie_name) text_pattern_ops, _search_score desc);
create index player_display_name_idx on core.player (lower(display_name) text_pattern_ops, _search_score desc);
create index player_clears_idx on core.player (clears desc, membership_id);

create table core.instance (
    instance_id bigint not null,
    hash bigint not null,
    score integer not null default 0,
    flawless boolean,
    completed boolean not null,
    fresh boolean,
    player_count integer not null,
    date_started timestamptz(0) not null,
    date_completed timestamptz(0) not null,
    duration integer not null,
    platform_type integer not null,
    season_id integer,
    skull_hashes bigint[] not null default '{}',
    is_whitelisted boolean not null default false,
    constraint instance_pk primary key (instance_id),
    constraint instance_hash_fk foreign key (hash) references definitions.activity_version (hash)
);

create index instance_completed_idx on core.instance (hash, date_completed) where completed;
create index instance_lowman_idx on core.instance (hash, player_count, fresh, flawless)
    where completed and (player_count <= 3 or flawless);
create index instance_speedrun_idx on core.instance (hash, duration) where completed and fresh;
create index instance_score_idx on core.instance (hash, score desc)
    where completed and fresh and score > 0;

create table core.instance_player (
    instance_id bigint not null,
    membership_id bigint not null,
    completed boolean not null,
    time_played_seconds integer not null default 0,
    sherpas integer not null default 0,
    is_first_clear boolean not null default false,
    constraint instance_player_pk primary key (instance_id, membership_id),
    constraint instance_player_instance_fk foreign key (instance_id)
        references core.instance (instance_id) on delete restrict,
    constraint instance_player_player_fk foreign key (membership_id)
        references core.player (membership_id) on delete restrict
);

create index instance_player_membership_id_idx on core.instance_player (membership_id);
create index instance_player_first_clear_idx on core.instance_player (membership_id) include (instance_id)
    where is_first_clear;

create table core.player_stats (
    membership_id bigint not null,
    activity_id integer not null,
    clears integer not null default 0,
    fresh_clears integer not null default 0,
    sherpas integer not null default 0,
    total_time_played_seconds integer not null default 0,
    fastest_instance_id bigint,
    constraint player_stats_pk primary key (membership_id, activity_id),
    constraint player_stats_player_fk foreign key (membership_id)
        references core.player (membership_id) on delete restrict,
    constraint player_stats_activity_fk foreign key (activity_id)
        references definitions.activity_definition (id),
    constraint player_stats_fastest_fk foreign key (fastest_instance_id)
        references core.instance (instance_id) on delete set null
);

create table extended.instance_character (
    instance_id bigint not null,
    membership_id bigint not null,
    character_id bigint not null,
    class_hash bigint,
    emblem_hash bigint,
    completed boolean not null,
    score integer not null default 0,
    kills integer not null default 0,
    assists integer not null default 0,
    deaths integer not null default 0,
    precision_kills integer not null default 0,
    super_kills integer not null default 0,
    grenade_kills integer not null default 0,
    melee_kills integer not null default 0,
    time_played_seconds integer not null,
    start_seconds integer not null,
    constraint instance_character_pk primary key (instance_id, membership_id, character_id),
    constraint instance_character_player_fk foreign key (instance_id, membership_id)
        references core.instance_player (instance_id, membership_id) on delete restrict
);

create index instance_character_membership_id_idx on extended.instance_character (membership_id);

create table extended.instance_character_weapon (
    instance_id bigint not null,
    membership_id bigint not null,
    character_id bigint not null,
    weapon_hash bigint not null,
    kills integer not null default 0,
    precision_kills integer not null default 0,
    constraint instance_character_weapon_pk primary key (instance_id, membership_id, character_id, weapon_hash),
    constraint instance_character_weapon_character_fk foreign key (instance_id, membership_id, character_id)
        references extended.instance_character (instance_id, membership_id, character_id) on delete restrict
);

create table raw.pgcr (
    instance_id bigint not null,
    data bytea not null,
    date_crawled timestamptz not null default now(),
    constraint pgcr_pk primary key (instance_id)
);

comment on column raw.pgcr.data is 'The report without its envelope: JSON, compressed by gzip.';

create table clan.clan (
    group_id bigint not null,
    name text not null,
    motto text not null,
    call_sign text not null,
    clan_banner_data jsonb not null,
    updated_at timestamptz(3) not null,
    constraint clan_pk primary key (group_id)
);

create table clan.clan_members (
    group_id bigint not null,
    membership_id bigint not null,
    constraint clan_members_pk primary key (group_id, membership_id),
    constraint clan_members_clan_fk foreign key (group_id) references clan.clan (group_id),
    constraint clan_members_player_fk foreign key (membership_id) references core.player (membership_id)
);

create index clan_members_membership_id_idx on clan.clan_members (membership_id);

-- migrate:down
drop table clan.clan_members;
drop table clan.clan;
drop table raw.pgcr;
drop table extended.instance_character_weapon;
drop table extended.instance_character;
drop table core.player_stats;
drop table core.instance_player;
drop table core.instance;
drop table core.player;
drop schema clan;
drop schema raw;
drop schema extended;
