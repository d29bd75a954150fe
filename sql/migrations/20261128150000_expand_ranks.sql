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

-- How many maps a player completed and with which medal, by difficulty and by kind of map. Each run has one medal at most,
-- so the columns add up.
create view ranks.counts as
select
    k.user_id,
    k.official,
    k.playable,
    k.difficulty,
    count(*) as completions,
    count(*) filter (where k.medal = 'Gold') as gold,
    count(*) filter (where k.medal = 'Silver') as silver,
    count(*) filter (where k.medal = 'Bronze') as bronze
from completions.current as k
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
)
-- Verdicts change its rows often: room for that is kept beside them.
with (fillfactor = 70);

-- Who leads which maps is asked of a player too.
create index leaders_user_ids_idx on ranks.leaders using gin (user_ids) with (fastupdate = off);

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

-- It reads in a statement of its own what was committed while it waited for a lock. Each player's rank is worked out once, by
-- the keys of the few maps that it has runs on, and only where it may change.
create function ranks.settle() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    changed ranks.pending[];
    known integer;
    with_profiles boolean;
    with_others boolean;
begin
    with gone as (
        delete from ranks.pending as c where c.transaction = new.transaction returning c
    ),
    locked as (
        select
        from ranks.players as p
        where p.user_id = any (array(select (g.c).user_id from gone as g))
        order by p.user_id
        for no key update
    )
    select
        array_agg(g.c),
        (select count(*) from locked),
        bool_or((g.c).profile),
        bool_or((g.c).xp or (g.c).runs or (g.c).records <> 0)
    into changed, known, with_profiles, with_others
    from gone as g;
    -- The first of a transaction's players brings all of them.
    if changed is null then
        return null;
    end if;
    if with_profiles then
        insert into ranks.players as p
            (user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, names)
        select f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score, f.names
        from ranks.profiles as f
        where f.user_id = any (array(select c.user_id from unnest(changed) as c where c.profile))
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
    end if;
    if with_others then
        update ranks.players as p
        set xp = n.xp, skill_rank = n.skill_rank, wr_count = n.wr_count
        from (
            select
                o.user_id,
                case
                    when c.xp then coalesce((select x.amount from lootbox.xp as x where x.user_id = c.user_id), 0)
                    else o.xp
                end as xp,
                case
                    when c.runs
                        then coalesce((select max(g.position) from ranks.earned as g where g.user_id = c.user_id), 0)
                    else o.skill_rank
                end as skill_rank,
                o.wr_count + c.records as wr_count
            from unnest(changed) as c
            join ranks.players as o on o.user_id = c.user_id
            -- Kept a subquery: else a rank is worked out to compare it, and once more to set it.
            offset 0
        ) as n
        where p.user_id = n.user_id
            and (p.xp, p.skill_rank, p.wr_count) is distinct from (n.xp, n.skill_rank, n.wr_count);
    end if;
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

-- A verdict changes one run: what follows it asks for rows by their keys, one after the other, and asks once. To start a
-- statement over sets of one row takes longer than to run it. Its plans do not depend on whose runs they are about: to plan
-- them anew each time takes longer than to run them.
create function ranks.follow_runs() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    added core.completions[];
    removed core.completions[];
    -- What changed, a player's runs of a map each, in the order of maps.
    maps integer[];
    users bigint[];
    runs integer[];
    waiting integer[];
    shown integer[];
    seconds numeric[];
    -- Whether another run may count for the player now; of those that did or may, the fastest.
    counts boolean[];
    fastest numeric;
    counted_maps integer[];
    ranked_maps integer[];
    counted_users bigint[];
    led ranks.leaders[];
    leader ranks.leaders;
    leads bigint[];
    lead_time numeric;
    alone boolean;
    has_runs integer;
    has_waiting integer;
    more_players integer;
    more_waiting integer;
    more_current integer;
begin
    -- Nearly always it is one run: nothing is to be sorted and added up then.
    if tg_op = 'UPDATE' then
        select
            o.id is not null,
            array[n.map_id],
            array[n.user_id],
            array[0],
            array[(not n.verified)::integer - (not o.verified)::integer],
            array[
                completions.is_shown(n.verified, n.message_id, n.legacy)
                - completions.is_shown(o.verified, o.message_id, o.legacy)
            ],
            array[completions.played(n.verified, n.time) - completions.played(o.verified, o.time)],
            array[
                (n.verified or o.verified)
                and (n.verified, n.time, n.completion, n.legacy, n.inserted_at, n.video, n.legacy_medal)
                is distinct from
                (o.verified, o.time, o.completion, o.legacy, o.inserted_at, o.video, o.legacy_medal)
            ],
            least(case when n.verified then n.time end, case when o.verified then o.time end)
        into alone, maps, users, runs, waiting, shown, seconds, counts, fastest
        from new_rows as n
        left join old_rows as o
            on (o.id, o.map_id, o.user_id) = (n.id, n.map_id, n.user_id) and (select count(*) from new_rows) = 1
        limit 1;
        -- A statement that found nothing to change asks as well.
        if not found then
            return null;
        end if;
    elsif tg_op = 'INSERT' then
        select
            (select count(*) from new_rows) = 1,
            array[n.map_id],
            array[n.user_id],
            array[1],
            array[(not n.verified)::integer],
            array[completions.is_shown(n.verified, n.message_id, n.legacy)],
            array[completions.played(n.verified, n.time)],
            array[n.verified],
            case when n.verified then n.time end
        into alone, maps, users, runs, waiting, shown, seconds, counts, fastest
        from new_rows as n
        limit 1;
    end if;
    if alone then
        if not (counts[1] or runs[1] <> 0 or waiting[1] <> 0 or shown[1] <> 0 or seconds[1] <> 0) then
            return null;
        end if;
        if counts[1] then
            counted_maps := maps;
            counted_users := users;
        end if;
    else
        if tg_op <> 'DELETE' then
            added := array(select n from new_rows as n);
        end if;
        if tg_op <> 'INSERT' then
            removed := array(select o from old_rows as o);
        end if;
        select
            array_agg(p.map_id order by p.map_id, p.user_id),
            array_agg(p.user_id order by p.map_id, p.user_id),
            array_agg(p.runs order by p.map_id, p.user_id),
            array_agg(p.waiting order by p.map_id, p.user_id),
            array_agg(p.shown order by p.map_id, p.user_id),
            array_agg(p.seconds order by p.map_id, p.user_id),
            array_agg(p.counts order by p.map_id, p.user_id),
            array_agg(distinct p.map_id) filter (where p.counts),
            array_agg(distinct p.user_id) filter (where p.counts),
            min(p.fastest) filter (where p.counts)
        into maps, users, runs, waiting, shown, seconds, counts, counted_maps, counted_users, fastest
        from (
            select
                c.map_id,
                c.user_id,
                sum(c.step) as runs,
                coalesce(sum(c.step) filter (where not c.verified), 0) as waiting,
                sum(c.step * completions.is_shown(c.verified, c.message_id, c.legacy)) as shown,
                sum(c.step * completions.played(c.verified, c.time)) as seconds,
                array_agg(
                    (c.id, c.time, c.completion, c.legacy, c.inserted_at, c.video, c.legacy_medal) order by c.id
                ) filter (where c.verified and c.step > 0)
                is distinct from array_agg(
                    (c.id, c.time, c.completion, c.legacy, c.inserted_at, c.video, c.legacy_medal) order by c.id
                ) filter (where c.verified and c.step < 0) as counts,
                min(c.time) filter (where c.verified) as fastest
            from (
                select n.*, 1 as step from unnest(added) as n
                union all
                select o.*, -1 from unnest(removed) as o
            ) as c
            group by c.map_id, c.user_id
        ) as p
        where p.counts or p.runs <> 0 or p.waiting <> 0 or p.shown <> 0 or p.seconds <> 0;
        if maps is null then
            return null;
        end if;
    end if;
    if counted_maps is not null then
        -- What a run counts for depends on its map: wait for who changes the map, and let the next one wait for us.
        -- First of all locks, as whoever changes a map and then its runs has it.
        ranked_maps := array(
            select case when m.official and maps.is_playable(m.archived, m.playtesting) then m.id end
            from core.maps as m
            where m.id = any (counted_maps)
            order by m.id
            for share
        );
    end if;
    for i in 1 .. cardinality(maps) loop
        insert into completions.totals as t (map_id, runs, waiting, shown, current, seconds)
        values (maps[i], runs[i], waiting[i], shown[i], 0, seconds[i])
        on conflict (map_id) do update
        set
            runs = t.runs + excluded.runs,
            waiting = t.waiting + excluded.waiting,
            shown = t.shown + excluded.shown,
            seconds = t.seconds + excluded.seconds;
    end loop;
    if counted_maps is not null then
        led := array(
            select l from ranks.leaders as l where l.map_id = any (counted_maps) order by l.map_id for update
        );
        if cardinality(led) < cardinality(counted_maps) then
            insert into ranks.leaders (map_id)
            select m.id from core.maps as m where m.id = any (counted_maps) order by m.id
            on conflict do nothing;
            led := array(
                select l from ranks.leaders as l where l.map_id = any (counted_maps) order by l.map_id for update
            );
        end if;
    end if;
    -- What is read from here on nobody else can change: the rows of its maps are locked.
    for i in 1 .. cardinality(maps) loop
        select count(*), count(*) filter (where not c.verified) into has_runs, has_waiting
        from core.completions as c
        where c.map_id = maps[i] and c.user_id = users[i];
        more_players := (has_runs > 0)::integer - (has_runs > runs[i])::integer;
        more_waiting := (has_waiting > 0)::integer - (has_waiting > waiting[i])::integer;
        more_current := 0;
        if counts[i] then
            insert into completions.current as k
                (
                    map_id, user_id, id, time, partial, legacy, inserted_at, raw_difficulty, difficulty, official,
                    playable, medal
                )
            select
                c.map_id, c.user_id, c.id, c.time, c.partial, c.legacy, c.inserted_at, c.raw_difficulty, c.difficulty,
                c.official, c.playable, c.medal
            from completions.verified_runs as c
            where c.map_id = maps[i] and c.user_id = users[i]
            order by c.inserted_at desc
            limit 1
            on conflict (map_id, user_id) do update
            set
                id = excluded.id,
                time = excluded.time,
                partial = excluded.partial,
                legacy = excluded.legacy,
                inserted_at = excluded.inserted_at,
                medal = excluded.medal
            where (k.id, k.time, k.partial, k.legacy, k.inserted_at, k.medal)
                is distinct from
                (
                    excluded.id, excluded.time, excluded.partial, excluded.legacy, excluded.inserted_at,
                    excluded.medal
                )
            returning (xmax = 0)::integer into more_current;
            if not found then
                delete from completions.current as k
                where k.map_id = maps[i]
                    and k.user_id = users[i]
                    and not exists (
                        select
                        from core.completions as c
                        where c.map_id = k.map_id and c.user_id = k.user_id and c.verified
                    );
                more_current := - found::integer;
            end if;
        end if;
        if more_players <> 0 or more_waiting <> 0 or more_current <> 0 then
            update completions.totals as t
            set
                players = t.players + more_players,
                waiting_players = t.waiting_players + more_waiting,
                current = t.current + more_current
            where t.map_id = maps[i];
        end if;
        -- A rank counts maps: another run on the same one leaves it as it is.
        if more_current <> 0 and maps[i] = any (ranked_maps) then
            insert into ranks.pending as t (user_id, runs)
            values (users[i], true)
            on conflict (transaction, user_id) do update set runs = true;
        end if;
    end loop;
    if counted_maps is null then
        return null;
    end if;
    foreach leader in array led loop
        -- A run behind the leader, of somebody who is not a leader, leaves the leaders as they are.
        continue when not (leader.user_ids && counted_users) and fastest > leader.run_time;
        select coalesce(array_agg(g.user_id order by g.user_id), '{}'), min(g.run_time) into leads, lead_time
        from ranks.leading as g
        where g.map_id = leader.map_id;
        continue when (leads, lead_time) is not distinct from (leader.user_ids, leader.run_time);
        update ranks.leaders as l set user_ids = leads, run_time = lead_time where l.map_id = leader.map_id;
        insert into ranks.pending as t (user_id, records)
        select c.user_id, sum(c.step)
        from (
            select unnest(leads) as user_id, 1 as step
            union all
            select unnest(leader.user_ids), -1
        ) as c
        group by c.user_id
        having sum(c.step) <> 0
        on conflict (transaction, user_id) do update set records = t.records + excluded.records;
    end loop;
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
    select array_agg(n.id order by n.id) into changed
    from old_rows as o
    join new_rows as n on n.id = o.id
    where (o.raw_difficulty, o.difficulty, o.official, o.archived, o.playtesting)
        is distinct from (n.raw_difficulty, n.difficulty, n.official, n.archived, n.playtesting);
    if changed is not null then
        perform completions.refresh_current(changed);
    end if;
    select array_agg(n.id) into changed
    from old_rows as o
    join new_rows as n on n.id = o.id
    where (o.official, o.archived, o.playtesting, o.difficulty)
        is distinct from (n.official, n.archived, n.playtesting, n.difficulty);
    if changed is not null then
        perform ranks.refresh_profiles(
            array(select distinct c.user_id from maps.creators as c where c.map_id = any (changed))
        );
        insert into ranks.pending as t (user_id, runs)
        select distinct c.user_id, true from core.completions as c where c.map_id = any (changed) and c.verified
        on conflict (transaction, user_id) do update set runs = true;
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
