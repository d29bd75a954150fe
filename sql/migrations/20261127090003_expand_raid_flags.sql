-- Who may have cheated: flags that heuristics raise, and what is kept off the leaderboards.
-- migrate:up
create schema flagging;

create type flagging.blacklist_report_source as enum (
    'Manual', 'WebReport', 'CheatCheck', 'BlacklistedPlayerCascade'
);

create table flagging.flag_instance (
    instance_id bigint not null,
    cheat_check_version text not null,
    cheat_check_bitmask bigint not null,
    flagged_at timestamptz not null default now(),
    cheat_probability numeric not null,
    constraint flag_instance_pk primary key (instance_id, cheat_check_version),
    constraint flag_instance_instance_fk foreign key (instance_id) references core.instance (instance_id),
    constraint flag_instance_probability_check check (cheat_probability between 0 and 1)
);

create index flag_instance_flagged_at_idx on flagging.flag_instance (flagged_at desc);

create table flagging.flag_instance_player (
    instance_id bigint not null,
    membership_id bigint not null,
    cheat_check_version text not null,
    cheat_check_bitmask bigint not null,
    flagged_at timestamptz not null default now(),
    cheat_probability numeric not null,
    constraint flag_instance_player_pk primary key (instance_id, membership_id, cheat_check_version),
    constraint flag_instance_player_player_fk foreign key (instance_id, membership_id)
        references core.instance_player (instance_id, membership_id),
    constraint flag_instance_player_probability_check check (cheat_probability between 0 and 1)
);

create index flag_instance_player_membership_id_idx on flagging.flag_instance_player (membership_id);
create index flag_instance_player_flagged_at_idx on flagging.flag_instance_player (flagged_at desc);

create table flagging.blacklist_instance (
    instance_id bigint not null,
    report_source flagging.blacklist_report_source not null,
    report_id bigint,
    cheat_check_version text,
    reason text not null,
    created_at timestamptz not null default now(),
    constraint blacklist_instance_pk primary key (instance_id),
    constraint blacklist_instance_instance_fk foreign key (instance_id) references core.instance (instance_id)
);

create table flagging.blacklist_instance_player (
    instance_id bigint not null,
    membership_id bigint not null,
    reason text not null,
    constraint blacklist_instance_player_pk primary key (instance_id, membership_id),
    constraint blacklist_instance_player_blacklist_fk foreign key (instance_id)
        references flagging.blacklist_instance (instance_id) on delete cascade,
    constraint blacklist_instance_player_player_fk foreign key (instance_id, membership_id)
        references core.instance_player (instance_id, membership_id)
);

create index blacklist_instance_player_membership_id_idx on flagging.blacklist_instance_player (membership_id);

-- migrate:down
drop table flagging.blacklist_instance_player;
drop table flagging.blacklist_instance;
drop table flagging.flag_instance_player;
drop table flagging.flag_instance;
drop type flagging.blacklist_report_source;
drop schema flagging;
