-- Leaderboards of the raids, refreshed by schedule while they are read.
-- A position is one's own and follows the membership id among equals; a rank is shared. Percentiles go from 1 to 0.
-- migrate:up
create schema leaderboard;

create materialized view leaderboard.individual_global_leaderboard as
select
    p.membership_id,
    p.clears as clears,
    row_number() over (order by p.clears desc, p.membership_id) as clears_position,
    rank() over (order by p.clears desc) as clears_rank,
    1 - percent_rank() over (order by p.clears desc) as clears_percentile,
    p.fresh_clears as fresh_clears,
    row_number() over (order by p.fresh_clears desc, p.membership_id) as fresh_clears_position,
    rank() over (order by p.fresh_clears desc) as fresh_clears_rank,
    1 - percent_rank() over (order by p.fresh_clears desc) as fresh_clears_percentile,
    p.sherpas as sherpas,
    row_number() over (order by p.sherpas desc, p.membership_id) as sherpas_position,
    rank() over (order by p.sherpas desc) as sherpas_rank,
    1 - percent_rank() over (order by p.sherpas desc) as sherpas_percentile,
    p.total_time_played_seconds as total_time_played,
    row_number() over (order by p.total_time_played_seconds desc, p.membership_id) as total_time_played_position,
    rank() over (order by p.total_time_played_seconds desc) as total_time_played_rank,
    1 - percent_rank() over (order by p.total_time_played_seconds desc) as total_time_played_percentile,
    p.wfr_score as wfr_score,
    row_number() over (order by p.wfr_score desc, p.membership_id) as wfr_score_position,
    rank() over (order by p.wfr_score desc) as wfr_score_rank,
    1 - percent_rank() over (order by p.wfr_score desc) as wfr_score_percentile,
    p.sum_of_best as speed,
    case when p.sum_of_best is not null then row_number() over (partition by p.sum_of_best is null order by p.sum_of_best, p.membership_id) end as speed_position,
    case when p.sum_of_best is not null then rank() over (partition by p.sum_of_best is null order by p.sum_of_best) end as speed_rank,
    case when p.sum_of_best is not null then 1 - percent_rank() over (partition by p.sum_of_best is null order by p.sum_of_best) end as speed_percentile
from core.player as p
where p.clears > 0 and not p.is_private and p.cheat_level < 2;

create unique index individual_global_leaderboard_membership_id_key on leaderboard.individual_global_leaderboard (membership_id);
create unique index individual_global_leaderboard_clears_key on leaderboard.individual_global_leaderboard (clears_position);
create unique index individual_global_leaderboard_fresh_clears_key on leaderboard.individual_global_leaderboard (fresh_clears_position);
create unique index individual_global_leaderboard_sherpas_key on leaderboard.individual_global_leaderboard (sherpas_position);
create unique index individual_global_leaderboard_total_time_played_key on leaderboard.individual_global_leaderboard (total_time_played_position);
create unique index individual_global_leaderboard_wfr_score_key on leaderboard.individual_global_leaderboard (wfr_score_position);
create unique index individual_global_leaderboard_speed_key on leaderboard.individual_global_leaderboard (speed_position);

create materialized view leaderboard.individual_raid_leaderboard as
select
    s.activity_id,
    s.membership_id,
    s.clears as clears,
    row_number() over (partition by s.activity_id order by s.clears desc, p.membership_id) as clears_position,
    rank() over (partition by s.activity_id order by s.clears desc) as clears_rank,
    1 - percent_rank() over (partition by s.activity_id order by s.clears desc) as clears_percentile,
    s.fresh_clears as fresh_clears,
    row_number() over (partition by s.activity_id order by s.fresh_clears desc, p.membership_id) as fresh_clears_position,
    rank() over (partition by s.activity_id order by s.fresh_clears desc) as fresh_clears_rank,
    1 - percent_rank() over (partition by s.activity_id order by s.fresh_clears desc) as fresh_clears_percentile,
    s.sherpas as sherpas,
    row_number() over (partition by s.activity_id order by s.sherpas desc, p.membership_id) as sherpas_position,
    rank() over (partition by s.activity_id order by s.sherpas desc) as sherpas_rank,
    1 - percent_rank() over (partition by s.activity_id order by s.sherpas desc) as sherpas_percentile,
    s.total_time_played_seconds as total_time_played,
    row_number() over (partition by s.activity_id order by s.total_time_played_seconds desc, p.membership_id) as total_time_played_position,
    rank() over (partition by s.activity_id order by s.total_time_played_seconds desc) as total_time_played_rank,
    1 - percent_rank() over (partition by s.activity_id order by s.total_time_played_seconds desc) as total_time_played_percentile
from core.player_stats as s
join core.player as p on p.membership_id = s.membership_id
join definitions.activity_definition as a on a.id = s.activity_id
where s.clears > 0 and not p.is_private and p.cheat_level < 2 and a.is_raid;

create unique index individual_raid_leaderboard_membership_id_key on leaderboard.individual_raid_leaderboard (membership_id, activity_id);
create unique index individual_raid_leaderboard_clears_key on leaderboard.individual_raid_leaderboard (activity_id, clears_position);
create unique index individual_raid_leaderboard_fresh_clears_key on leaderboard.individual_raid_leaderboard (activity_id, fresh_clears_position);
create unique index individual_raid_leaderboard_sherpas_key on leaderboard.individual_raid_leaderboard (activity_id, sherpas_position);
create unique index individual_raid_leaderboard_total_time_played_key on leaderboard.individual_raid_leaderboard (activity_id, total_time_played_position);

create materialized view leaderboard.individual_pantheon_version_leaderboard as
select
    s.version_id,
    s.membership_id,
    s.clears as clears,
    row_number() over (partition by s.version_id order by s.clears desc, p.membership_id) as clears_position,
    rank() over (partition by s.version_id order by s.clears desc) as clears_rank,
    1 - percent_rank() over (partition by s.version_id order by s.clears desc) as clears_percentile,
    s.fresh_clears as fresh_clears,
    row_number() over (partition by s.version_id order by s.fresh_clears desc, p.membership_id) as fresh_clears_position,
    rank() over (partition by s.version_id order by s.fresh_clears desc) as fresh_clears_rank,
    1 - percent_rank() over (partition by s.version_id order by s.fresh_clears desc) as fresh_clears_percentile,
    s.score as score,
    row_number() over (partition by s.version_id order by s.score desc, p.membership_id) as score_position,
    rank() over (partition by s.version_id order by s.score desc) as score_rank,
    1 - percent_rank() over (partition by s.version_id order by s.score desc) as score_percentile
from (
    select
        v.version_id,
        t.membership_id,
        count(*) as clears,
        count(*) filter (where i.fresh) as fresh_clears,
        sum(i.score) as score
    from core.instance as i
    join definitions.activity_version as v on v.hash = i.hash and v.activity_id = 101
    join core.instance_player as t on t.instance_id = i.instance_id and t.completed
    group by v.version_id, t.membership_id
) as s
join core.player as p on p.membership_id = s.membership_id
where not p.is_private and p.cheat_level < 2;

create unique index individual_pantheon_version_leaderboard_membership_id_key on leaderboard.individual_pantheon_version_leaderboard (membership_id, version_id);
create unique index individual_pantheon_version_leaderboard_clears_key on leaderboard.individual_pantheon_version_leaderboard (version_id, clears_position);
create unique index individual_pantheon_version_leaderboard_fresh_clears_key on leaderboard.individual_pantheon_version_leaderboard (version_id, fresh_clears_position);
create unique index individual_pantheon_version_leaderboard_score_key on leaderboard.individual_pantheon_version_leaderboard (version_id, score_position);

-- Completed instances that count: those nobody put on the blacklist, and those that were cleared of it.
create view leaderboard.counted_instance as
select i.instance_id, i.hash, i.date_started, i.date_completed
from core.instance as i
where i.completed
    and (
        i.is_whitelisted
        or not exists (select from flagging.blacklist_instance as b where b.instance_id = i.instance_id)
    );

create materialized view leaderboard.team_activity_version_leaderboard as
select r.activity_id, r.version_id, r.position, r.rank, r.value, r.instance_id, r.date_completed, m.membership_ids
from (
    select
        v.activity_id,
        v.version_id,
        i.instance_id,
        i.date_completed,
        row_number() over (
            partition by v.activity_id, v.version_id order by i.date_completed, i.instance_id
        ) as position,
        rank() over (partition by v.activity_id, v.version_id order by i.date_completed) as rank,
        extract(epoch from i.date_completed - coalesce(v.release_date_override, a.release_date))::bigint as value
    from leaderboard.counted_instance as i
    join definitions.activity_version as v on v.hash = i.hash and v.version_id <> 2
    join definitions.activity_definition as a on a.id = v.activity_id
) as r
cross join lateral (
    select jsonb_agg(t.membership_id order by t.membership_id) as membership_ids
    from core.instance_player as t
    where t.instance_id = r.instance_id and t.completed
) as m
where r.position <= 1000;

create unique index team_activity_version_leaderboard_position_key
    on leaderboard.team_activity_version_leaderboard (activity_id, version_id, position);
create index team_activity_version_leaderboard_instance_id_idx
    on leaderboard.team_activity_version_leaderboard (instance_id);
create index team_activity_version_leaderboard_members_idx
    on leaderboard.team_activity_version_leaderboard using gin (membership_ids);

-- A contest without an end of its own lasted for the first week.
create materialized view leaderboard.world_first_contest_leaderboard as
select
    r.activity_id, r.position, r.rank, r.instance_id, r.date_completed, r.time_after_launch, r.is_challenge_mode,
    m.membership_ids
from (
    select
        v.activity_id,
        i.instance_id,
        i.date_completed,
        row_number() over (partition by v.activity_id order by i.date_completed, i.instance_id) as position,
        rank() over (partition by v.activity_id order by i.date_completed) as rank,
        extract(epoch from i.date_completed - a.release_date)::bigint as time_after_launch,
        d.is_challenge_mode
    from leaderboard.counted_instance as i
    join definitions.activity_version as v on v.hash = i.hash and v.is_world_first
    join definitions.activity_definition as a on a.id = v.activity_id
    join definitions.version_definition as d on d.id = v.version_id
    where i.date_started < coalesce(a.contest_end, a.week_one_end)
        and i.date_completed < a.week_one_end
) as r
cross join lateral (
    select jsonb_agg(t.membership_id order by t.membership_id) as membership_ids
    from core.instance_player as t
    where t.instance_id = r.instance_id and t.completed
) as m;

create unique index world_first_contest_leaderboard_instance_id_key
    on leaderboard.world_first_contest_leaderboard (instance_id);
create index world_first_contest_leaderboard_rank_idx
    on leaderboard.world_first_contest_leaderboard (activity_id, position);
create index world_first_contest_leaderboard_members_idx
    on leaderboard.world_first_contest_leaderboard using gin (membership_ids);

-- The best of a clan weigh most: the sixth counts once, each before a ninth more, each after a tenth less.
create materialized view leaderboard.clan_leaderboard as
select
    m.group_id,
    count(*) as known_member_count,
    sum(m.clears) as clears,
    avg(m.clears) as average_clears,
    sum(m.fresh_clears) as fresh_clears,
    avg(m.fresh_clears) as average_fresh_clears,
    sum(m.sherpas) as sherpas,
    avg(m.sherpas) as average_sherpas,
    sum(m.total_time_played_seconds) as time_played_seconds,
    avg(m.total_time_played_seconds) as average_time_played_seconds,
    sum(m.wfr_score) as total_contest_score,
    3 * sum(m.wfr_score * power(0.9, m.place - 6)) / power(1 + count(*), 1 / 3.0)::float8
        as weighted_contest_score
from (
    select
        c.group_id, p.clears, p.fresh_clears, p.sherpas, p.total_time_played_seconds, p.wfr_score,
        row_number() over (partition by c.group_id order by p.wfr_score desc, p.membership_id) as place
    from clan.clan_members as c
    join core.player as p on p.membership_id = c.membership_id
) as m
group by m.group_id;

create unique index clan_leaderboard_group_id_key on leaderboard.clan_leaderboard (group_id);

-- migrate:down
drop materialized view leaderboard.clan_leaderboard;
drop materialized view leaderboard.world_first_contest_leaderboard;
drop materialized view leaderboard.team_activity_version_leaderboard;
drop view leaderboard.counted_instance;
drop materialized view leaderboard.individual_pantheon_version_leaderboard;
drop materialized view leaderboard.individual_raid_leaderboard;
drop materialized view leaderboard.individual_global_leaderboard;
drop schema leaderboard;
