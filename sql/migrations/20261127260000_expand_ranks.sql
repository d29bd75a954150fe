-- One definition of a player's rank, and a copy of it that lists sort and search by.
-- migrate:up
create schema ranks;

-- What a skill rank asks for: so many official, playable maps of a difficulty. The rank below all is Ninja.
create table ranks.skill_ranks (
    position smallint not null,
    name text not null,
    difficulty text,
    required integer not null,
    constraint skill_ranks_pkey primary key (position),
    constraint skill_ranks_name_key unique (name),
    constraint skill_ranks_difficulty_key unique (difficulty)
);

insert into ranks.skill_ranks (position, name, difficulty, required)
values
    (0, 'Ninja', null, 0),
    (1, 'Jumper', 'Easy', 10),
    (2, 'Skilled', 'Medium', 10),
    (3, 'Pro', 'Hard', 10),
    (4, 'Master', 'Very Hard', 10),
    (5, 'Grandmaster', 'Extreme', 7),
    (6, 'God', 'Hell', 3);

-- How the percentile tiers of the skill score are called; boundaries are in skill.tier_config.
create table ranks.skill_tiers (
    tier smallint not null,
    name text not null,
    constraint skill_tiers_pkey primary key (tier)
);

insert into ranks.skill_tiers (tier, name)
values
    (0, 'Unranked'),
    (1, 'Bronze'),
    (2, 'Silver'),
    (3, 'Gold'),
    (4, 'Emerald'),
    (5, 'Diamond'),
    (6, 'Ascendant'),
    (7, 'Elite'),
    (8, 'Champion');

-- How many maps a player completed and with which medal, by difficulty and by kind of map. The latest verified run on
-- a map counts; a medal needs a full run with a video. Each run has one medal at most, so the columns add up.
create view ranks.counts as
select
    s.user_id,
    m.official,
    not m.archived and m.playtesting = 'Approved' as playable,
    maps.top_difficulty(m.difficulty) as difficulty,
    count(*) as completions,
    count(*) filter (where r.medal = 'Gold') as gold,
    count(*) filter (where r.medal = 'Silver') as silver,
    count(*) filter (where r.medal = 'Bronze') as bronze
from completions.standings as s
join core.maps as m on m.id = s.map_id
left join maps.medals as d on d.map_id = s.map_id
left join lateral (
    select coalesce(
        case when s.legacy then s.legacy_medal end,
        maps.medal(s.time, d.gold, d.silver, d.bronze)
    ) as medal
) as r on not s.partial and s.video <> ''
group by 1, 2, 3, 4;

-- The skill ranks that a player has earned by its official, playable maps; the highest of them is its rank.
create view ranks.earned as
select c.user_id, k.position
from ranks.counts as c
join ranks.skill_ranks as k on k.difficulty = c.difficulty and c.completions >= k.required
where c.official and c.playable;

-- The runs that lead their maps; runs of equal time lead together.
create view ranks.leading as
select m.id as map_id, k.user_id, k.time as run_time
from core.maps as m
cross join lateral (
    select min(o.time) as run_time
    from completions.current as o
    where o.map_id = m.id and not o.legacy and not o.partial
) as f
join completions.current as k on k.map_id = m.id and not k.legacy and not k.partial and k.time = f.run_time;

-- All that lists show, sort and search of a player, but for what its runs earn.
create view ranks.profiles as
select
    u.id as user_id,
    coalesce(o.username, u.nickname) as nickname,
    coalesce(u.global_name, 'Unknown Username') as discord_tag,
    coalesce(x.amount, 0) as xp,
    (
        select count(*)
        from maps.creators as c
        join core.maps as m on m.id = c.map_id
        where c.user_id = u.id and m.official and not m.archived
    )::integer as map_count,
    (
        coalesce((select d.count from playtests.deprecated_count as d where d.user_id = u.id), 0)
        + (select count(*) from playtests.votes as v where v.user_id = u.id)
    )::integer as playtest_count,
    coalesce(p.skill_score, 0) as skill_score,
    lower(concat_ws(E'\n', u.nickname, u.global_name, (
        select string_agg(a.username, E'\n' order by a.id)
        from users.overwatch_usernames as a
        where a.user_id = u.id
    ))) as names
from core.users as u
left join users.overwatch_usernames as o on o.user_id = u.id and o.is_primary
left join lootbox.xp as x on x.user_id = u.id
left join skill.snapshot as p on p.user_id = u.id;

-- The share of players with a skill score who have no more than this one.
create view ranks.percentiles as
select p.user_id, cume_dist() over (order by p.skill_score) as skill_percentile
from skill.snapshot as p
join core.users as u on u.id = p.user_id
where p.skill_score > 0;

-- The kept copy: one row for each user. Triggers below keep it within the transaction that changes anything of it.
-- search holds what the community leaderboard searches, names all that somebody is known by; one name a line, in lower
-- case: to compare those takes a quarter of comparing any case.
create table ranks.players (
    user_id bigint not null,
    nickname text,
    discord_tag text not null,
    xp integer not null,
    map_count integer not null,
    playtest_count integer not null,
    skill_score double precision not null,
    skill_rank smallint not null default 0,
    wr_count integer not null default 0,
    skill_percentile double precision not null default 0,
    search text not null generated always as (lower(coalesce(nickname, '') || E'\n' || discord_tag)) stored,
    names text not null default '',
    constraint players_pkey primary key (user_id),
    constraint players_user_id_fkey foreign key (user_id)
        references core.users (id) on update cascade on delete cascade,
    constraint players_skill_rank_fkey foreign key (skill_rank) references ranks.skill_ranks (position)
);

-- Who leads a map, as counted in wr_count; its row is locked while that is found out anew. The row of a map that
-- is deleted must outlive its runs, so it stays, empty.
create table ranks.leaders (
    map_id integer not null,
    user_ids bigint[] not null default '{}',
    run_time numeric(10, 2),
    constraint leaders_pkey primary key (map_id)
);

-- Everything the community sees of a player's standing; every list, card and count of ranks reads it here.
create view ranks.standings as
select
    p.user_id,
    p.nickname,
    p.discord_tag,
    p.xp as xp_amount,
    p.xp / 100 as raw_tier,
    p.xp / 100 % 100 as normalized_tier,
    p.xp / 10000 as prestige_level,
    (select t.full_tier_name from lootbox.tier_of(p.xp) as t) as tier_name,
    p.wr_count,
    p.map_count,
    p.playtest_count,
    p.skill_rank as skill_position,
    (select k.name from ranks.skill_ranks as k where k.position = p.skill_rank) as skill_rank,
    p.skill_score,
    t.skill_tier,
    (select n.name from ranks.skill_tiers as n where n.tier = t.skill_tier) as skill_tier_name,
    p.skill_percentile
from ranks.players as p
cross join lateral (
    select case
        when p.skill_score > 0 then coalesce(
            (select width_bucket(p.skill_score, c.boundaries) + 1 from skill.tier_config as c where c.boundaries <> '{}'),
            0
        )
        else 0
    end as skill_tier
) as t;

create index players_xp_idx on ranks.players (xp, user_id);
create index players_tier_idx on ranks.players ((xp / 100 % 100), user_id);
create index players_nickname_idx on ranks.players (nickname, user_id);
create index players_discord_tag_idx on ranks.players (discord_tag, user_id);
create index players_map_count_idx on ranks.players (map_count, user_id);
create index players_playtest_count_idx on ranks.players (playtest_count, user_id);
create index players_skill_score_idx on ranks.players (skill_score, user_id);
create index players_wr_count_idx on ranks.players (wr_count, user_id);
create index players_skill_rank_idx on ranks.players (skill_rank, user_id);

-- What a transaction has still to change; its rows are gone when it commits. What is kept of each player in ranks.players
-- changes then, of all its players at once and in the order of their ids. So the locks on these rows are the last that a
-- transaction takes, and no two transactions wait for each other in a circle, whatever each did before; and a popular
-- player's row is held for a moment only.
create unlogged table ranks.pending (
    transaction xid8 not null default pg_current_xact_id(),
    user_id bigint not null,
    profile boolean not null default false,
    xp boolean not null default false,
    runs boolean not null default false,
    records integer not null default 0,
    constraint pending_pkey primary key (transaction, user_id)
)
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- It reads in a statement of its own what was committed while it waited for a lock.
create function ranks.settle() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    -- The first of a transaction's players brings all of them.
    if not exists (
        select from ranks.pending as c where c.transaction = new.transaction and c.user_id = new.user_id
    ) then
        return null;
    end if;
    perform
    from ranks.players as p
    where p.user_id in (select c.user_id from ranks.pending as c where c.transaction = new.transaction)
    order by p.user_id
    for no key update;
    insert into ranks.players as p
        (user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, names)
    select f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score, f.names
    from ranks.profiles as f
    where f.user_id in (
        select c.user_id from ranks.pending as c where c.transaction = new.transaction and c.profile
    )
    order by f.user_id
    on conflict (user_id) do update
    set
        nickname = excluded.nickname,
        discord_tag = excluded.discord_tag,
        xp = excluded.xp,
        map_count = excluded.map_count,
        playtest_count = excluded.playtest_count,
        skill_score = excluded.skill_score,
        names = excluded.names
    where (p.nickname, p.discord_tag, p.xp, p.map_count, p.playtest_count, p.skill_score, p.names)
        is distinct from (
            excluded.nickname, excluded.discord_tag, excluded.xp, excluded.map_count, excluded.playtest_count,
            excluded.skill_score, excluded.names
        );
    update ranks.players as p
    set xp = n.xp, skill_rank = n.skill_rank, wr_count = n.wr_count
    from (
        select
            o.user_id,
            case when c.xp then coalesce(x.amount, 0) else o.xp end as xp,
            case
                when c.runs
                    then coalesce((select max(g.position) from ranks.earned as g where g.user_id = c.user_id), 0)
                else o.skill_rank
            end as skill_rank,
            o.wr_count + c.records as wr_count
        from ranks.pending as c
        join ranks.players as o on o.user_id = c.user_id
        left join lootbox.xp as x on x.user_id = c.user_id
        where c.transaction = new.transaction and (c.xp or c.runs or c.records <> 0)
    ) as n
    where p.user_id = n.user_id
        and (p.xp, p.skill_rank, p.wr_count) is distinct from (n.xp, n.skill_rank, n.wr_count);
    delete from ranks.pending as c where c.transaction = new.transaction;
    return null;
end;
$$;

create constraint trigger settle after insert on ranks.pending
deferrable initially deferred
for each row execute function ranks.settle();

-- Have what does not follow from runs right when the transaction commits.
create function ranks.refresh_profiles(ids bigint[]) returns void
language plpgsql
as $$
begin
    insert into ranks.pending (user_id, profile)
    select distinct i.id, true from unnest(ids) as i (id)
    on conflict (transaction, user_id) do update set profile = true;
end;
$$;

-- Have ranks and records right when the transaction commits, after runs of these users on these maps changed; whoever
-- calls it has locked the maps' rows in ranks.leaders. No run in question is, or was, faster than fastest.
-- Rows are looked up, not joined whole: a verdict is about the few maps of one player.
create function ranks.refresh_runs(users bigint[], maps integer[], fastest numeric) returns void
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
    -- A run behind the leader, of somebody who is not a leader, leaves the leaders as they are.
    maps := array(
        select l.map_id
        from ranks.leaders as l
        where l.map_id = any (maps) and (l.user_ids && users or l.run_time is null or fastest <= l.run_time)
    );
    with before as (
        select l.map_id, l.user_ids from ranks.leaders as l where l.map_id = any (maps)
    ),
    now as (
        select b.map_id, coalesce(f.user_ids, '{}') as user_ids, f.run_time
        from before as b
        cross join lateral (
            select array_agg(g.user_id order by g.user_id) as user_ids, min(g.run_time) as run_time
            from ranks.leading as g
            where g.map_id = b.map_id
        ) as f
    ),
    kept as (
        update ranks.leaders as l
        set user_ids = n.user_ids, run_time = n.run_time
        from now as n
        where l.map_id = n.map_id and (l.user_ids, l.run_time) is distinct from (n.user_ids, n.run_time)
    ),
    moved as (
        select c.user_id, sum(c.step)::integer as step
        from (
            select unnest(n.user_ids) as user_id, 1 as step from now as n
            union all
            select unnest(b.user_ids), -1 from before as b
        ) as c
        group by c.user_id
        having sum(c.step) <> 0
    )
    insert into ranks.pending as t (user_id, runs, records)
    select coalesce(u.id, m.user_id), u.id is not null, coalesce(m.step, 0)
    from moved as m
    full join (select distinct i.id from unnest(users) as i (id)) as u on u.id = m.user_id
    on conflict (transaction, user_id) do update
    set runs = t.runs or excluded.runs, records = t.records + excluded.records;
end;
$$;

-- Fill the copy from nothing: after a restore of data alone, or when it is doubted.
create function ranks.rebuild() returns void
language plpgsql
as $$
begin
    perform completions.rebuild();
    delete from ranks.pending as c where c.transaction = pg_current_xact_id();
    truncate ranks.players, ranks.leaders;
    insert into ranks.leaders (map_id, user_ids, run_time)
    select g.map_id, array_agg(g.user_id order by g.user_id), min(g.run_time)
    from ranks.leading as g
    group by g.map_id;
    insert into ranks.players
        (
            user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, skill_rank, wr_count,
            skill_percentile, names
        )
    select
        f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score,
        coalesce(e.highest, 0), coalesce(r.amount, 0), coalesce(q.skill_percentile, 0), f.names
    from ranks.profiles as f
    left join (
        select g.user_id, max(g.position) as highest from ranks.earned as g group by g.user_id
    ) as e on e.user_id = f.user_id
    left join (
        select u.user_id, count(*) as amount
        from ranks.leaders as l
        cross join unnest(l.user_ids) as u (user_id)
        group by u.user_id
    ) as r on r.user_id = f.user_id
    left join ranks.percentiles as q on q.user_id = f.user_id;
end;
$$;

create function ranks.follow_users() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform ranks.refresh_profiles(array(select n.id from new_rows as n));
    return null;
end;
$$;

-- For every table whose rows belong to a user_id.
create function ranks.follow_rows() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        perform ranks.refresh_profiles(array(select distinct n.user_id from new_rows as n));
    elsif tg_op = 'DELETE' then
        perform ranks.refresh_profiles(array(select distinct o.user_id from old_rows as o));
    else
        perform ranks.refresh_profiles(
            array(select n.user_id from new_rows as n union select o.user_id from old_rows as o)
        );
    end if;
    return null;
end;
$$;

create function ranks.follow_xp() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    insert into ranks.pending (user_id, xp)
    select n.user_id, true from new_rows as n
    on conflict (transaction, user_id) do update set xp = true;
    return null;
end;
$$;

-- One score moves the percentiles of all, so scores are best written by one statement.
create function ranks.follow_scores() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform from ranks.players as p order by p.user_id for no key update;
    update ranks.players as p
    set skill_score = n.skill_score, skill_percentile = n.skill_percentile
    from (
        select f.user_id, f.skill_score, coalesce(q.skill_percentile, 0) as skill_percentile
        from ranks.profiles as f
        left join ranks.percentiles as q on q.user_id = f.user_id
    ) as n
    where p.user_id = n.user_id
        and (p.skill_score, p.skill_percentile) is distinct from (n.skill_score, n.skill_percentile);
    return null;
end;
$$;

create function ranks.follow_runs() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    touched integer[];
    runs integer[];
    shown integer[];
    seconds numeric[];
    users bigint[];
    maps integer[];
    fastest numeric;
    pair_maps integer[];
    pair_users bigint[];
    pair_runs integer[];
    pair_waiting integer[];
begin
    if tg_op = 'INSERT' then
        select array_agg(d.map_id), array_agg(d.runs), array_agg(d.shown), array_agg(d.seconds)
        into touched, runs, shown, seconds
        from (
            select
                n.map_id,
                count(*) as runs,
                sum(completions.is_shown(n.verified, n.message_id, n.legacy)) as shown,
                sum(completions.played(n.verified, n.time)) as seconds
            from new_rows as n
            group by n.map_id
        ) as d;
        select array_agg(n.user_id), array_agg(n.map_id), min(n.time) into users, maps, fastest
        from new_rows as n
        where n.verified;
        select array_agg(d.map_id), array_agg(d.user_id), array_agg(d.runs), array_agg(d.waiting)
        into pair_maps, pair_users, pair_runs, pair_waiting
        from (
            select c.map_id, c.user_id, sum(c.step) as runs, sum(c.step) filter (where not c.verified) as waiting
            from (select n.map_id, n.user_id, n.verified, 1 as step from new_rows as n) as c
            group by c.map_id, c.user_id
            having sum(c.step) <> 0 or sum(c.step) filter (where not c.verified) <> 0
        ) as d;
    elsif tg_op = 'DELETE' then
        select array_agg(d.map_id), array_agg(d.runs), array_agg(d.shown), array_agg(d.seconds)
        into touched, runs, shown, seconds
        from (
            select
                o.map_id,
                - count(*) as runs,
                - sum(completions.is_shown(o.verified, o.message_id, o.legacy)) as shown,
                - sum(completions.played(o.verified, o.time)) as seconds
            from old_rows as o
            group by o.map_id
        ) as d;
        select array_agg(o.user_id), array_agg(o.map_id), min(o.time) into users, maps, fastest
        from old_rows as o
        where o.verified;
        select array_agg(d.map_id), array_agg(d.user_id), array_agg(d.runs), array_agg(d.waiting)
        into pair_maps, pair_users, pair_runs, pair_waiting
        from (
            select c.map_id, c.user_id, sum(c.step) as runs, sum(c.step) filter (where not c.verified) as waiting
            from (select o.map_id, o.user_id, o.verified, -1 as step from old_rows as o) as c
            group by c.map_id, c.user_id
            having sum(c.step) <> 0 or sum(c.step) filter (where not c.verified) <> 0
        ) as d;
    else
        select array_agg(d.map_id), array_agg(d.runs), array_agg(d.shown), array_agg(d.seconds)
        into touched, runs, shown, seconds
        from (
            select c.map_id, sum(c.runs) as runs, sum(c.shown) as shown, sum(c.seconds) as seconds
            from (
                select
                    n.map_id,
                    1 as runs,
                    completions.is_shown(n.verified, n.message_id, n.legacy) as shown,
                    completions.played(n.verified, n.time) as seconds
                from new_rows as n
                union all
                select
                    o.map_id,
                    -1,
                    - completions.is_shown(o.verified, o.message_id, o.legacy),
                    - completions.played(o.verified, o.time)
                from old_rows as o
            ) as c
            group by c.map_id
            having sum(c.runs) <> 0 or sum(c.shown) <> 0 or sum(c.seconds) <> 0
        ) as d;
        select array_agg(c.user_id), array_agg(c.map_id), min(least(o.time, n.time))
        into users, maps, fastest
        from old_rows as o
        join new_rows as n on n.id = o.id
        cross join lateral (values (o.user_id, o.map_id), (n.user_id, n.map_id)) as c (user_id, map_id)
        where (o.verified or n.verified)
            and (o.verified, o.time, o.completion, o.legacy, o.inserted_at, o.user_id, o.map_id)
            is distinct from (n.verified, n.time, n.completion, n.legacy, n.inserted_at, n.user_id, n.map_id);
        select array_agg(d.map_id), array_agg(d.user_id), array_agg(d.runs), array_agg(d.waiting)
        into pair_maps, pair_users, pair_runs, pair_waiting
        from (
            select c.map_id, c.user_id, sum(c.step) as runs, sum(c.step) filter (where not c.verified) as waiting
            from (
                select n.map_id, n.user_id, n.verified, 1 as step from new_rows as n
                union all
                select o.map_id, o.user_id, o.verified, -1 as step from old_rows as o
            ) as c
            group by c.map_id, c.user_id
            having sum(c.step) <> 0 or sum(c.step) filter (where not c.verified) <> 0
        ) as d;
    end if;
    if users is not null then
        -- What a run counts for depends on its map: wait for who changes the map, and let the next one wait for us.
        -- First of all locks, as whoever changes a map and then its runs has it.
        perform from core.maps as m where m.id = any (maps) order by m.id for share;
    end if;
    if touched is not null then
        insert into completions.totals as t (map_id, runs, shown, current, seconds)
        select d.map_id, d.runs, d.shown, 0, d.seconds
        from unnest(touched, runs, shown, seconds) as d (map_id, runs, shown, seconds)
        order by d.map_id
        on conflict (map_id) do update
        set
            runs = t.runs + excluded.runs,
            shown = t.shown + excluded.shown,
            seconds = t.seconds + excluded.seconds;
    end if;
    if pair_maps is not null then
        perform completions.count_pairs(pair_maps, pair_users, pair_runs, pair_waiting);
    end if;
    if users is not null then
        insert into ranks.leaders (map_id)
        select m.id from core.maps as m where m.id = any (maps) order by m.id
        on conflict do nothing;
        perform from ranks.leaders as l where l.map_id = any (maps) order by l.map_id for update;
        perform completions.refresh_current(users, maps);
        perform ranks.refresh_runs(
            array(select distinct u.id from unnest(users) as u (id)),
            array(select distinct m.id from unnest(maps) as m (id)),
            fastest
        );
    end if;
    return null;
end;
$$;

create function ranks.follow_maps() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    changed integer[];
begin
    select array_agg(n.id) into changed
    from old_rows as o
    join new_rows as n on n.id = o.id
    where (o.official, o.archived, o.playtesting, o.difficulty)
        is distinct from (n.official, n.archived, n.playtesting, n.difficulty);
    if changed is not null then
        perform ranks.refresh_profiles(
            array(select distinct c.user_id from maps.creators as c where c.map_id = any (changed))
        );
        perform ranks.refresh_runs(
            array(select distinct c.user_id from core.completions as c where c.map_id = any (changed) and c.verified),
            '{}',
            null
        );
    end if;
    return null;
end;
$$;

create trigger ranks_insert after insert on core.users
referencing new table as new_rows for each statement execute function ranks.follow_users();
create trigger ranks_update after update on core.users
referencing new table as new_rows for each statement execute function ranks.follow_users();
create trigger ranks_update after update on core.maps
referencing old table as old_rows new table as new_rows for each statement execute function ranks.follow_maps();
create trigger ranks_insert after insert on lootbox.xp
referencing new table as new_rows for each statement execute function ranks.follow_xp();
create trigger ranks_update after update on lootbox.xp
referencing new table as new_rows for each statement execute function ranks.follow_xp();
create trigger ranks_delete after delete on lootbox.xp
referencing old table as old_rows for each statement execute function ranks.follow_rows();

do $$
declare
    followed record;
begin
    for followed in
        select name, 'ranks.follow_rows' as follower
        from unnest(array[
            'maps.creators', 'playtests.deprecated_count', 'playtests.votes', 'users.overwatch_usernames'
        ]) as name
        union all
        values ('core.completions', 'ranks.follow_runs'), ('skill.snapshot', 'ranks.follow_scores')
    loop
        execute format(
            'create trigger ranks_insert after insert on %s
             referencing new table as new_rows for each statement execute function %s()',
            followed.name, followed.follower
        );
        execute format(
            'create trigger ranks_update after update on %s
             referencing old table as old_rows new table as new_rows for each statement execute function %s()',
            followed.name, followed.follower
        );
        execute format(
            'create trigger ranks_delete after delete on %s
             referencing old table as old_rows for each statement execute function %s()',
            followed.name, followed.follower
        );
    end loop;
end;
$$;

select ranks.rebuild();

-- migrate:down
do $$
declare
    made record;
begin
    for made in
        select g.tgname, g.tgrelid::regclass as name
        from pg_trigger as g
        where g.tgname in ('ranks_insert', 'ranks_update', 'ranks_delete')
    loop
        execute format('drop trigger %I on %s', made.tgname, made.name);
    end loop;
end;
$$;
drop function ranks.follow_maps();
drop function ranks.follow_runs();
drop function ranks.follow_scores();
drop function ranks.follow_xp();
drop function ranks.follow_rows();
drop function ranks.follow_users();
drop view ranks.standings;
drop function ranks.rebuild();
drop function ranks.refresh_runs(bigint[], integer[], numeric);
drop function ranks.refresh_profiles(bigint[]);
drop table ranks.pending;
drop function ranks.settle();
drop table ranks.leaders;
drop table ranks.players;
drop view ranks.percentiles;
drop view ranks.profiles;
drop view ranks.leading;
drop view ranks.earned;
drop view ranks.counts;
drop table ranks.skill_tiers;
drop table ranks.skill_ranks;
drop schema ranks;
