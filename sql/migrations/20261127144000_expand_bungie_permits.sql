-- Who may ask Bungie when: one row for each host and address of ours, which all processes wait in line at.
-- migrate:up
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
