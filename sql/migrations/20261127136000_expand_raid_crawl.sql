-- Where the crawler of the raids is, and what it could not resolve yet: rows with a state, which survive it.
-- migrate:up
create schema crawl;

create table crawl.position (
    only_one boolean not null default true,
    next_id bigint not null,
    updated_at timestamptz not null default now(),
    closed_at timestamptz,
    constraint position_pk primary key (only_one),
    constraint position_only_one_check check (only_one)
);

comment on column crawl.position.next_id is
    'Every id below is stored, of another mode, in crawl.missed, or inside a range of crawl.gaps.';
comment on column crawl.position.closed_at is 'When Bungie last said that it is in maintenance.';

create type crawl.missed_state as enum ('missed', 'blocked', 'lost');

create table crawl.missed (
    instance_id bigint not null,
    state crawl.missed_state not null,
    result text not null,
    attempts integer not null default 0,
    found_at timestamptz not null default now(),
    due_at timestamptz not null default now(),
    constraint missed_pk primary key (instance_id)
);

comment on table crawl.missed is
    'missed is tried again when due, blocked waits until Bungie shows it (raid.pgcr.blocked), lost was given up.';

create index missed_due_at_idx on crawl.missed (due_at) where state = 'missed';

create table crawl.shown (
    instance_id bigint not null,
    shown_at timestamptz not null default now(),
    constraint shown_pk primary key (instance_id)
);

comment on table crawl.shown is 'Reports that Bungie hid for a while, and when it was seen to show them.';

create index shown_shown_at_idx on crawl.shown (shown_at);

create table crawl.gaps (
    first_id bigint not null,
    last_id bigint not null,
    next_id bigint not null,
    found_at timestamptz not null default now(),
    constraint gaps_pk primary key (first_id),
    constraint gaps_order_check check (first_id <= next_id and next_id <= last_id)
);

comment on table crawl.gaps is
    'Ranges that were jumped over because nothing was there; looked through from next_id on, then forgotten.';

-- Who may ask Bungie when: one row for each host and address of ours, which all processes wait in line at.
-- Not logged: it is written with every few requests, and after a crash everybody begins anew, as after a pause.
create unlogged table crawl.permits (
    host text not null,
    address text not null,
    free_at timestamptz not null,
    constraint permits_pk primary key (host, address)
);

comment on column crawl.permits.free_at is 'When the next request is permitted; every permission moves it on.';

-- migrate:down
drop table crawl.permits;
drop table crawl.gaps;
drop table crawl.shown;
drop table crawl.missed;
drop type crawl.missed_state;
drop table crawl.position;
drop schema crawl;
