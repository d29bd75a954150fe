-- Where the crawler of the raids is, and what it could not resolve yet: rows with a state, which survive it.
-- migrate:up
create schema crawl;

create table crawl.position (
    only_one boolean not null default true,
    next_id bigint not null,
    updated_at timestamptz not null default now(),
    constraint position_pk primary key (only_one),
    constraint position_only_one_check check (only_one)
);
comment on column crawl.position.next_id is
    'Every id below is stored, of another mode, in crawl.missed, or inside a range of crawl.gaps.';

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

-- migrate:down
drop table crawl.gaps;
drop table crawl.missed;
drop type crawl.missed_state;
drop table crawl.position;
drop schema crawl;
