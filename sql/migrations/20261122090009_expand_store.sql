-- The shop with its weekly items, and the quests.
-- migrate:up
create table store.config (
    id integer generated always as identity,
    rotation_period_days integer not null default 7,
    last_rotation_at timestamptz not null default now(),
    next_rotation_at timestamptz not null default now() + interval '7 days',
    active_key_type text not null default 'Classic',
    constraint config_pkey primary key (id),
    constraint fk_active_key_type foreign key (active_key_type)
        references lootbox.key_types (name) on delete restrict,
    constraint config_id_check check (id = 1),
    constraint config_rotation_period_days_check check (rotation_period_days > 0)
);

create table store.rotations (
    id integer generated always as identity,
    rotation_id uuid not null,
    item_name text not null,
    item_type text not null,
    key_type text not null,
    rarity text not null,
    price integer not null,
    available_from timestamptz not null default now(),
    available_until timestamptz not null,
    created_at timestamptz not null default now(),
    constraint rotations_pkey primary key (id),
    constraint unique_rotation_item unique (rotation_id, item_name, item_type, key_type),
    constraint fk_reward_item foreign key (item_name, item_type, key_type)
        references lootbox.reward_types (name, type, key_type) on delete cascade
);

create index idx_rotations_active on store.rotations (available_from, available_until);
create index idx_rotations_available_from on store.rotations (available_from desc);
create index idx_rotations_rotation_id on store.rotations (rotation_id);

create table store.purchases (
    id bigint generated always as identity,
    user_id bigint not null,
    purchase_type text not null,
    item_name text,
    item_type text,
    key_type text not null,
    quantity integer not null default 1,
    price_paid integer not null,
    rotation_id uuid,
    purchased_at timestamptz not null default now(),
    constraint purchases_pkey primary key (id),
    constraint fk_key_type foreign key (key_type) references lootbox.key_types (name) on delete restrict,
    constraint fk_user foreign key (user_id) references core.users (id) on delete cascade,
    constraint check_item_purchase_fields check (
        (purchase_type = 'item' and item_name is not null and item_type is not null)
        or (purchase_type = 'key' and item_name is null and item_type is null)
    ),
    constraint purchases_purchase_type_check check (purchase_type in ('key', 'item'))
);

create index idx_purchases_rotation on store.purchases (rotation_id);
create index idx_purchases_user on store.purchases (user_id, purchased_at desc);

create table store.quests (
    id integer generated always as identity,
    name text not null,
    description text not null,
    quest_type text not null,
    difficulty text not null,
    coin_reward integer not null,
    xp_reward integer not null,
    requirements jsonb not null,
    is_active boolean default true,
    created_at timestamptz not null default now(),
    constraint quests_pkey primary key (id),
    constraint quests_difficulty_check check (difficulty in ('easy', 'medium', 'hard')),
    constraint quests_quest_type_check check (quest_type in ('global', 'bounty'))
);

create index idx_quests_active on store.quests (is_active, quest_type, difficulty);

create table store.quest_config (
    id integer generated always as identity,
    rotation_day integer not null default 1,
    rotation_hour integer not null default 0,
    current_rotation_id uuid,
    last_rotation_at timestamptz not null default now(),
    next_rotation_at timestamptz not null,
    easy_quest_count integer not null default 2,
    medium_quest_count integer not null default 2,
    hard_quest_count integer not null default 1,
    constraint quest_config_pkey primary key (id),
    constraint quest_config_id_check check (id = 1),
    constraint quest_config_rotation_day_check check (rotation_day between 1 and 7),
    constraint quest_config_rotation_hour_check check (rotation_hour between 0 and 23)
);

create table store.quest_rotation (
    id integer generated always as identity,
    rotation_id uuid not null,
    quest_id integer,
    user_id bigint,
    quest_data jsonb not null,
    available_from timestamptz not null default now(),
    available_until timestamptz not null,
    created_at timestamptz not null default now(),
    constraint quest_rotation_pkey primary key (id),
    constraint fk_quest foreign key (quest_id) references store.quests (id) on delete cascade,
    constraint fk_user foreign key (user_id) references core.users (id) on delete cascade,
    constraint check_quest_or_user check (
        (quest_id is not null and user_id is null)
        or (quest_id is null and user_id is not null)
    )
);

create index idx_quest_rotation_active on store.quest_rotation (rotation_id, available_until);
create index idx_quest_rotation_global on store.quest_rotation (rotation_id) where user_id is null;
create index idx_quest_rotation_user on store.quest_rotation (user_id, available_until);
create unique index uq_quest_rotation_bounty on store.quest_rotation (rotation_id, user_id)
    where quest_id is null;
create unique index uq_quest_rotation_global on store.quest_rotation (rotation_id, quest_id)
    where user_id is null;

create table store.user_quest_progress (
    id bigint generated always as identity,
    user_id bigint not null,
    rotation_id uuid not null,
    quest_id integer,
    quest_data jsonb not null,
    progress jsonb not null,
    completed_at timestamptz,
    claimed_at timestamptz,
    coins_rewarded integer,
    xp_rewarded integer,
    created_at timestamptz not null default now(),
    constraint user_quest_progress_pkey primary key (id),
    constraint fk_quest foreign key (quest_id) references store.quests (id) on delete set null,
    constraint fk_user foreign key (user_id) references core.users (id) on delete cascade
);

create index idx_user_quest_progress_rotation on store.user_quest_progress (rotation_id);
create index idx_user_quest_progress_unclaimed on store.user_quest_progress (user_id, completed_at)
    where completed_at is not null and claimed_at is null;
create index idx_user_quest_progress_user on store.user_quest_progress (user_id, completed_at);
create unique index uq_user_quest_progress_bounty on store.user_quest_progress (user_id, rotation_id)
    where quest_id is null;
create unique index uq_user_quest_progress_global
    on store.user_quest_progress (user_id, rotation_id, quest_id)
    where quest_id is not null;

-- migrate:down
drop table store.user_quest_progress;
drop table store.quest_rotation;
drop table store.quest_config;
drop table store.quests;
drop table store.purchases;
drop table store.rotations;
drop table store.config;
