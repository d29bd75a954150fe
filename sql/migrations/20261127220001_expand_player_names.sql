-- The names of players as they are searched for, in lower case: to compare those takes a quarter of comparing any case.
-- migrate:up
-- search holds what the community leaderboard searches, names all that somebody is known by; one name a line.
alter table ranks.players
    add column search text not null
        generated always as (lower(coalesce(nickname, '') || E'\n' || discord_tag)) stored,
    add column names text not null default '';

create or replace view ranks.profiles as
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

create or replace function ranks.refresh_profiles(ids bigint[]) returns void
language plpgsql
as $$
begin
    perform from ranks.players as p where p.user_id = any (ids) order by p.user_id for no key update;
    insert into ranks.players as p
        (user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, names)
    select f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score, f.names
    from ranks.profiles as f
    where f.user_id = any (ids)
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
end;
$$;

create or replace function ranks.rebuild() returns void
language plpgsql
as $$
begin
    perform completions.rebuild();
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

update ranks.players as p set names = f.names from ranks.profiles as f where f.user_id = p.user_id;

-- migrate:down
create or replace function ranks.refresh_profiles(ids bigint[]) returns void
language plpgsql
as $$
begin
    perform from ranks.players as p where p.user_id = any (ids) order by p.user_id for no key update;
    insert into ranks.players as p
        (user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score)
    select f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score
    from ranks.profiles as f
    where f.user_id = any (ids)
    on conflict (user_id) do update
    set
        nickname = excluded.nickname,
        discord_tag = excluded.discord_tag,
        xp = excluded.xp,
        map_count = excluded.map_count,
        playtest_count = excluded.playtest_count,
        skill_score = excluded.skill_score
    where (p.nickname, p.discord_tag, p.xp, p.map_count, p.playtest_count, p.skill_score)
        is distinct from (
            excluded.nickname, excluded.discord_tag, excluded.xp, excluded.map_count, excluded.playtest_count,
            excluded.skill_score
        );
end;
$$;

create or replace function ranks.rebuild() returns void
language plpgsql
as $$
begin
    perform completions.rebuild();
    truncate ranks.players, ranks.leaders;
    insert into ranks.leaders (map_id, user_ids, run_time)
    select g.map_id, array_agg(g.user_id order by g.user_id), min(g.run_time)
    from ranks.leading as g
    group by g.map_id;
    insert into ranks.players
        (
            user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, skill_rank, wr_count,
            skill_percentile
        )
    select
        f.user_id, f.nickname, f.discord_tag, f.xp, f.map_count, f.playtest_count, f.skill_score,
        coalesce(e.highest, 0), coalesce(r.amount, 0), coalesce(q.skill_percentile, 0)
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

drop view ranks.profiles;
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
    coalesce(p.skill_score, 0) as skill_score
from core.users as u
left join users.overwatch_usernames as o on o.user_id = u.id and o.is_primary
left join lootbox.xp as x on x.user_id = u.id
left join skill.snapshot as p on p.user_id = u.id;

alter table ranks.players drop column names, drop column search;
