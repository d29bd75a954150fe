-- What the status of the raids tells: whether Bungie is closed, and which hidden reports came to light.
-- migrate:up
alter table crawl.position add column closed_at timestamptz;
comment on column crawl.position.closed_at is 'When Bungie last said that it is in maintenance.';

create table crawl.shown (
    instance_id bigint not null,
    shown_at timestamptz not null default now(),
    constraint shown_pk primary key (instance_id)
);
comment on table crawl.shown is 'Reports that Bungie hid for a while, and when it was seen to show them.';

create index shown_shown_at_idx on crawl.shown (shown_at);

create index team_activity_version_leaderboard_instance_id_idx
    on leaderboard.team_activity_version_leaderboard (instance_id);

-- migrate:down
drop index leaderboard.team_activity_version_leaderboard_instance_id_idx;
drop table crawl.shown;
alter table crawl.position drop column closed_at;
