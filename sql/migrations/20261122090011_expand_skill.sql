-- Skill scores: the current ones, their history, the weights and the tier limits.
-- migrate:up
create table skill.weight_config (
    id integer generated always as identity,
    diff_base double precision not null,
    gamma double precision not null,
    time_bonus double precision not null,
    shrink_k double precision not null,
    wr_bonus double precision not null,
    partial_factor double precision not null,
    medal_gold double precision not null,
    medal_silver double precision not null,
    medal_bronze double precision not null,
    constraint weight_config_pkey primary key (id),
    constraint weight_config_gamma_floor check (gamma >= 0.5)
);

create table skill.tier_config (
    id integer generated always as identity,
    boundaries double precision[] not null default '{}',
    percentiles double precision[] not null,
    computed_at timestamptz not null default now(),
    constraint tier_config_pkey primary key (id)
);

create table skill.snapshot (
    user_id bigint not null,
    skill_score double precision not null,
    maps_cleared integer not null,
    video_clears integer not null,
    hardest_raw double precision not null,
    breakdown jsonb not null default '[]',
    computed_at timestamptz not null default now(),
    constraint snapshot_pkey primary key (user_id)
);

create table skill.score_history (
    user_id bigint not null,
    captured_at timestamptz not null,
    skill_score double precision not null,
    constraint score_history_pkey primary key (user_id, captured_at)
);

create table skill.score_change (
    change_id bigserial,
    user_id bigint not null,
    captured_at timestamptz not null,
    previous_score double precision not null,
    new_score double precision not null,
    delta double precision not null,
    cause_category text not null,
    reason text,
    diff jsonb not null default '{}',
    constraint score_change_pkey primary key (change_id),
    constraint score_change_cause_category_check check (
        cause_category in ('PLAYER_ACTION', 'MAP_ENVIRONMENT', 'SYSTEM')
    )
);

create index skill_score_change_user_captured_idx on skill.score_change (user_id, captured_at desc);

-- migrate:down
drop table skill.score_change;
drop table skill.score_history;
drop table skill.snapshot;
drop table skill.tier_config;
drop table skill.weight_config;
