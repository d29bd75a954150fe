-- Keys, rewards, experience and its tiers; what a player shows on the rank card.
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

create table lootbox.xp (
    user_id bigint not null,
    amount integer not null,
    type text default 'Other',
    constraint xp_pkey primary key (user_id),
    constraint xp_users_user_id_fk foreign key (user_id) references core.users (id) on update cascade
);

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

-- migrate:down
drop table rank_card.badges;
drop table rank_card.background;
drop table rank_card.avatar;
drop table lootbox.sub_tiers;
drop table lootbox.main_tiers;
drop table lootbox.xp_multiplier;
drop table lootbox.xp;
drop table lootbox.user_rewards;
drop table lootbox.user_keys;
drop table lootbox.reward_types;
drop table lootbox.active_key;
drop table lootbox.key_types;
