-- What a drawn key may turn into until its owner has picked, and how likely and how precious rewards are.
-- migrate:up
-- Weights of a draw (they add up to 98), and the coins that stand in for a reward somebody has already.
create table lootbox.rarities (
    name text not null,
    weight integer not null,
    duplicate_coins integer not null,
    constraint rarities_pkey primary key (name),
    constraint rarities_weight_check check (weight > 0),
    constraint rarities_duplicate_coins_check check (duplicate_coins >= 0)
);

insert into lootbox.rarities (name, weight, duplicate_coins)
values
    ('common', 65, 100),
    ('rare', 25, 250),
    ('epic', 5, 500),
    ('legendary', 3, 1000);

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
create index user_keys_owner_idx on lootbox.user_keys (user_id, key_type, earned_at);
create index user_rewards_owner_idx on lootbox.user_rewards (user_id, key_type, reward_type, reward_name);

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

-- migrate:down
drop function lootbox.mastery_path(text, text);
drop function lootbox.picture_path(text, text);
drop function lootbox.file_name(text);
drop index lootbox.user_rewards_owner_idx;
drop index lootbox.user_keys_owner_idx;
drop table lootbox.offers;
drop table lootbox.rarities;
