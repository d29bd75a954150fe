-- Keys, rewards and what they are drawn from, experience and its tiers; what a player shows on the rank card.
-- migrate:up
create table lootbox.key_types (
    name text not null,
    constraint lootbox_box_types_pkey primary key (name)
);

create table lootbox.active_key (
    key text,
    constraint lootbox_active_key_lootbox_key_types_name_fk foreign key (key)
        references lootbox.key_types (name)
);

-- Weights of a draw (they add up to 98), and the coins that stand in for a reward somebody has already.
create table lootbox.rarities (
    name text not null,
    weight integer not null,
    duplicate_coins integer not null,
    constraint rarities_pkey primary key (name),
    constraint rarities_weight_check check (weight > 0),
    constraint rarities_duplicate_coins_check check (duplicate_coins >= 0)
);

create table lootbox.reward_types (
    name text not null,
    type text not null,
    rarity text,
    key_type text not null,
    constraint reward_types_pkey primary key (name, type, key_type),
    constraint lootbox_reward_types_lootbox_fkey foreign key (key_type)
        references lootbox.key_types (name) on update cascade on delete cascade
);

create table lootbox.user_keys (
    user_id bigint,
    key_type text,
    earned_at timestamptz default now(),
    inserted_at timestamptz not null default now(),
    constraint lootbox_user_keys_lootbox_fkey foreign key (key_type)
        references lootbox.key_types (name) on update cascade on delete cascade,
    constraint user_keys_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade
);

create index user_keys_owner_idx on lootbox.user_keys (user_id, key_type, earned_at);

create table lootbox.user_rewards (
    user_id bigint,
    reward_name text,
    earned_at timestamptz default now(),
    reward_type text,
    key_type text,
    inserted_at timestamptz not null default now(),
    constraint lootbox_user_rewards_lootbox_reward_types_name_type_key_type_fk
        foreign key (reward_name, reward_type, key_type)
        references lootbox.reward_types (name, type, key_type) on update cascade on delete cascade,
    constraint user_rewards_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade
);

create index user_rewards_owner_idx on lootbox.user_rewards (user_id, key_type, reward_type, reward_name);

-- A key was paid for each; rewards are [{"name": …, "type": …}, …], of which the owner may pick one.
create table lootbox.offers (
    id bigint generated always as identity,
    user_id bigint not null,
    key_type text not null,
    rewards jsonb not null,
    drawn_at timestamptz not null default now(),
    constraint offers_pkey primary key (id),
    constraint offers_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade,
    constraint offers_key_type_fkey foreign key (key_type)
        references lootbox.key_types (name) on update cascade on delete cascade
);

create index offers_user_id_idx on lootbox.offers (user_id);

-- The name of a shipped picture: Overwatch 1 is overwatch_1.
create function lootbox.file_name(name text) returns text
language sql immutable parallel safe
return lower(replace(trim(regexp_replace(name, '[^a-zA-Z0-9\s]', '', 'g')), ' ', '_'));

-- Where the picture of a reward is, below the public address of the bucket; null for types without pictures.
create function lootbox.picture_path(type text, name text) returns text
language sql immutable parallel safe
return case type
    when 'spray' then '/assets/rank_card/spray/' || lootbox.file_name(name) || '.webp'
    when 'skin' then '/assets/rank_card/avatar/' || lootbox.file_name(name) || '/heroic.webp'
    when 'pose' then '/assets/rank_card/avatar/overwatch_1/' || lootbox.file_name(name) || '.webp'
    when 'background' then '/assets/rank_card/background/' || lootbox.file_name(name) || '.webp'
    when 'coins' then '/assets/rank_card/coins/' || lootbox.file_name(name) || '.webp'
end;

-- Where the icon of a mastery is.
create function lootbox.mastery_path(map_name text, medal text) returns text
language sql immutable parallel safe
return '/assets/mastery/' || lootbox.file_name(map_name) || '_' || lootbox.file_name(medal) || '.webp';

create table lootbox.xp (
    user_id bigint not null,
    amount integer not null,
    type text default 'Other',
    constraint xp_pkey primary key (user_id),
    constraint xp_users_user_id_fk foreign key (user_id) references core.users (id) on update cascade
)
-- Verdicts change its rows often: room for that is kept beside them.
with (fillfactor = 70);

create table lootbox.xp_multiplier (
    value numeric(4,2) not null default 1
);

create table lootbox.main_tiers (
    threshold integer not null,
    name text not null
);

create table lootbox.sub_tiers (
    threshold integer not null,
    name text not null
);

-- The XP tiers: 100 XP a sub-tier, 5 sub-tiers a main tier, 20 main tiers (10,000 XP) a prestige level, then anew.
create function lootbox.tier_of(amount integer) returns table (
    raw_tier integer,
    normalized_tier integer,
    prestige_level integer,
    main_tier_name text,
    sub_tier_name text,
    full_tier_name text
)
language sql stable parallel safe rows 1
begin atomic
    select
        amount / 100,
        amount / 100 % 100,
        amount / 10000,
        m.name,
        s.name,
        m.name || ' ' || s.name
    from lootbox.main_tiers as m
    join lootbox.sub_tiers as s on s.threshold = amount / 100 % 5
    where m.threshold = amount / 100 % 100 / 5;
end;

create table rank_card.avatar (
    user_id bigint not null,
    skin text not null default 'Overwatch 1',
    pose text not null default 'Heroic',
    constraint rank_card_avatar_pk primary key (user_id),
    constraint rank_card_avatar_users_user_id_fk foreign key (user_id) references core.users (id)
);

create table rank_card.background (
    name text not null,
    user_id bigint not null,
    key_type text,
    constraint rank_card_background_pk primary key (user_id),
    constraint rank_card_background_users_user_id_fk foreign key (user_id) references core.users (id)
);

create table rank_card.badges (
    user_id bigint not null,
    badge_name1 text,
    badge_type1 text,
    badge_name2 text,
    badge_type2 text,
    badge_name3 text,
    badge_type3 text,
    badge_name4 text,
    badge_type4 text,
    badge_name5 text,
    badge_type5 text,
    badge_name6 text,
    badge_type6 text,
    constraint rank_card_badges_pk primary key (user_id),
    constraint rank_card_badges_users_user_id_fk foreign key (user_id) references core.users (id)
);

-- A mastery shows the level that the user has by now; types without pictures give null.
create function rank_card.badge_path(owner_id bigint, type text, name text) returns text
language sql stable parallel safe
return case
    when type = 'spray' then lootbox.picture_path(type, name)
    when type = 'mastery' then lootbox.mastery_path(
        name,
        coalesce(
            (select y.medal from maps.mastery as y where y.user_id = owner_id and y.map_name = name), 'Placeholder'
        )
    )
end;

-- migrate:down
drop function rank_card.badge_path(bigint, text, text);
drop table rank_card.badges;
drop table rank_card.background;
drop table rank_card.avatar;
drop function lootbox.tier_of(integer);
drop table lootbox.sub_tiers;
drop table lootbox.main_tiers;
drop table lootbox.xp_multiplier;
drop table lootbox.xp;
drop function lootbox.mastery_path(text, text);
drop function lootbox.picture_path(text, text);
drop function lootbox.file_name(text);
drop table lootbox.offers;
drop table lootbox.user_rewards;
drop table lootbox.user_keys;
drop table lootbox.reward_types;
drop table lootbox.rarities;
drop table lootbox.active_key;
drop table lootbox.key_types;
