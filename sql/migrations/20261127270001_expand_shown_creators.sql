-- Who made a map, as it is shown and searched for, kept with what else hangs on it: two thirds of the work of a page of maps
-- was to collect this, and to search for a part of a name was to compare the names of all players.
-- migrate:up
create type maps.shown_creator as (
    id bigint,
    is_primary boolean,
    name text
);

alter table maps.details
    add column creators maps.shown_creator[] not null default '{}',
    -- All that its creators are known by, in lower case, a name a line.
    add column creator_names text not null default '',
    -- What a map must have one of, or all of, to be found: 'm:' and a mechanic, 'r:' and a restriction, 't:' and a tag,
    -- 'd:' and its difficulty without - or +.
    add column facets text[] not null default '{}';

drop index maps.details_mechanics_idx, maps.details_restrictions_idx, maps.details_tags_idx;
create index details_facets_idx on maps.details using gin (facets);

create or replace view maps.collected_details as
select
    m.id as map_id,
    (select array_agg(g.url order by g.id) from maps.guides as g where g.map_id = m.id) as guides,
    array(
        select k.name
        from maps.mechanic_links as l
        join maps.mechanics as k on k.id = l.mechanic_id
        where l.map_id = m.id
        order by k.position, k.name
    ) as mechanics,
    array(
        select k.name
        from maps.restriction_links as l
        join maps.restrictions as k on k.id = l.restriction_id
        where l.map_id = m.id
        order by k.position, k.name
    ) as restrictions,
    array(
        select k.name
        from maps.tag_links as l
        join maps.tags as k on k.id = l.tag_id
        where l.map_id = m.id
        order by k.position, k.name
    ) as tags,
    array(
        select row(c.user_id, coalesce(c.is_primary, false), n.name)::maps.shown_creator
        from maps.creators as c
        join users.names as n on n.user_id = c.user_id
        where c.map_id = m.id
        order by c.is_primary desc nulls last, n.name, c.user_id
    ) as creators,
    (
        select coalesce(
            lower(string_agg(concat_ws(E'\n', u.nickname, u.global_name, o.usernames), E'\n' order by u.id)), ''
        )
        from maps.creators as c
        join core.users as u on u.id = c.user_id
        cross join lateral (
            select string_agg(a.username, E'\n' order by a.id) as usernames
            from users.overwatch_usernames as a
            where a.user_id = u.id
        ) as o
        where c.map_id = m.id
    ) as creator_names,
    array(
        select 'm:' || k.name
        from maps.mechanic_links as l
        join maps.mechanics as k on k.id = l.mechanic_id
        where l.map_id = m.id
        union all
        select 'r:' || k.name
        from maps.restriction_links as l
        join maps.restrictions as k on k.id = l.restriction_id
        where l.map_id = m.id
        union all
        select 't:' || k.name
        from maps.tag_links as l
        join maps.tags as k on k.id = l.tag_id
        where l.map_id = m.id
        union all
        select 'd:' || maps.top_difficulty(m.difficulty)
        order by 1
    ) as facets
from core.maps as m;

create or replace function maps.refresh_details(ids integer[]) returns void
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
begin
    insert into maps.details (map_id)
    select m.id from core.maps as m where m.id = any (ids) order by m.id
    on conflict do nothing;
    perform from maps.details as d where d.map_id = any (ids) order by d.map_id for no key update;
    update maps.details as d
    set
        guides = c.guides,
        mechanics = c.mechanics,
        restrictions = c.restrictions,
        tags = c.tags,
        creators = c.creators,
        creator_names = c.creator_names,
        facets = c.facets
    from maps.collected_details as c
    where c.map_id = d.map_id
        and d.map_id = any (ids)
        and (d.guides, d.mechanics, d.restrictions, d.tags, d.creators, d.creator_names, d.facets)
            is distinct from
            (c.guides, c.mechanics, c.restrictions, c.tags, c.creators, c.creator_names, c.facets);
end;
$$;

create or replace function maps.rebuild_details() returns void
language plpgsql
as $$
begin
    truncate maps.details, maps.listed;
    insert into maps.details (map_id, guides, mechanics, restrictions, tags, creators, creator_names, facets)
    select c.map_id, c.guides, c.mechanics, c.restrictions, c.tags, c.creators, c.creator_names, c.facets
    from maps.collected_details as c;
    insert into maps.listed (amount) select count(m.code) from core.maps as m;
end;
$$;

create trigger details_insert after insert on maps.creators
referencing new table as new_rows for each statement execute function maps.follow_details();
create trigger details_update after update on maps.creators
referencing old table as old_rows new table as new_rows for each statement execute function maps.follow_details();
create trigger details_delete after delete on maps.creators
referencing old table as old_rows for each statement execute function maps.follow_details();

-- For names of players: few of them make maps.
create function maps.follow_names() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    changed bigint[];
    ids integer[];
begin
    if tg_table_name = 'users' then
        changed := array(
            select n.id
            from new_rows as n
            join old_rows as o on o.id = n.id
            where (n.nickname, n.global_name) is distinct from (o.nickname, o.global_name)
        );
    elsif tg_op = 'INSERT' then
        changed := array(select n.user_id from new_rows as n);
    elsif tg_op = 'DELETE' then
        changed := array(select o.user_id from old_rows as o);
    else
        changed := array(select n.user_id from new_rows as n union select o.user_id from old_rows as o);
    end if;
    if changed <> '{}' then
        ids := array(select distinct c.map_id from maps.creators as c where c.user_id = any (changed));
        if ids <> '{}' then
            perform maps.refresh_details(ids);
        end if;
    end if;
    return null;
end;
$$;

create trigger details_update after update on core.users
referencing old table as old_rows new table as new_rows for each statement execute function maps.follow_names();
create trigger details_insert after insert on users.overwatch_usernames
referencing new table as new_rows for each statement execute function maps.follow_names();
create trigger details_update after update on users.overwatch_usernames
referencing old table as old_rows new table as new_rows for each statement execute function maps.follow_names();
create trigger details_delete after delete on users.overwatch_usernames
referencing old table as old_rows for each statement execute function maps.follow_names();

-- For maps: each has a row from the start, which knows its difficulty, and one for the sums of its ratings.
create function maps.follow_maps() returns trigger
language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    ids integer[];
begin
    if tg_op = 'INSERT' then
        ids := array(select n.id from new_rows as n);
        insert into maps.rating_totals (map_id, amount, total, verified_amount, verified_total)
        select i.id, 0, 0, 0, 0 from unnest(ids) as i (id) order by i.id;
    else
        ids := array(
            select n.id from new_rows as n join old_rows as o on o.id = n.id where n.difficulty <> o.difficulty
        );
    end if;
    if ids <> '{}' then
        perform maps.refresh_details(ids);
    end if;
    return null;
end;
$$;

create trigger details_insert after insert on core.maps
referencing new table as new_rows for each statement execute function maps.follow_maps();
create trigger details_update after update on core.maps
referencing old table as old_rows new table as new_rows for each statement execute function maps.follow_maps();

-- A page of all maps with a code, sorted by up to six numbers of maps.sort_number and maps.sort_text and then by id. Only
-- those that come as early by the first of them are sorted by all.
create index maps_map_name_idx on core.maps (map_name);
create index maps_title_idx on core.maps (title);
create index maps_checkpoints_idx on core.maps (checkpoints);
create index rating_totals_mean_idx on maps.rating_totals (mean);
create index rating_totals_mean_first_idx on maps.rating_totals (mean nulls first);

create or replace function maps.rebuild_rating_totals() returns void
language sql
as $$
    delete from maps.rating_totals;
    insert into maps.rating_totals (map_id, amount, total, verified_amount, verified_total)
    select
        m.id,
        count(r.quality),
        coalesce(sum(r.quality), 0),
        count(r.quality) filter (where r.verified),
        coalesce(sum(r.quality) filter (where r.verified), 0)
    from core.maps as m
    left join maps.ratings as r on r.map_id = m.id
    group by m.id;
$$;

create function maps.sorted(keys integer[], page integer, before integer) returns integer[]
language plpgsql stable
security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    early integer[];
    ending integer := page + before;
begin
    case keys[1]
        when 1 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.raw_difficulty fetch first (ending) rows with ties);
        when 2 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.raw_difficulty desc fetch first (ending) rows with ties);
        when 3 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.checkpoints fetch first (ending) rows with ties);
        when 4 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.checkpoints desc fetch first (ending) rows with ties);
        when 5 then early := array(
            select m.id from maps.rating_totals as r join core.maps as m on m.id = r.map_id and m.code is not null
            order by r.mean nulls first fetch first (ending) rows with ties);
        when 6 then early := array(
            select m.id from maps.rating_totals as r join core.maps as m on m.id = r.map_id and m.code is not null
            order by r.mean desc nulls first fetch first (ending) rows with ties);
        when 7 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.map_name fetch first (ending) rows with ties);
        when 8 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.map_name desc fetch first (ending) rows with ties);
        when 9 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.title nulls first fetch first (ending) rows with ties);
        when 10 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.title desc nulls first fetch first (ending) rows with ties);
        when 11 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.code fetch first (ending) rows with ties);
        when 12 then early := array(
            select m.id from core.maps as m where m.code is not null
            order by m.code desc fetch first (ending) rows with ties);
    end case;
    return array(
        select m.id
        from core.maps as m
        left join maps.rating_totals as r on r.map_id = m.id
        where m.id = any (early)
        order by
            maps.sort_number(keys[1], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[1], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[1], 1, m.map_name, m.title, m.code) desc nulls first,
            maps.sort_number(keys[2], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[2], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[2], 1, m.map_name, m.title, m.code) desc nulls first,
            maps.sort_number(keys[3], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[3], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[3], 1, m.map_name, m.title, m.code) desc nulls first,
            maps.sort_number(keys[4], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[4], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[4], 1, m.map_name, m.title, m.code) desc nulls first,
            maps.sort_number(keys[5], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[5], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[5], 1, m.map_name, m.title, m.code) desc nulls first,
            maps.sort_number(keys[6], m.raw_difficulty, m.checkpoints, r.mean) nulls first,
            maps.sort_text(keys[6], 0, m.map_name, m.title, m.code) nulls first,
            maps.sort_text(keys[6], 1, m.map_name, m.title, m.code) desc nulls first,
            m.id
        limit page offset before
    );
end;
$$;

drop view maps.cards;
create view maps.cards as
select
  m.id,
  m.code,
  m.map_name,
  m.category,
  coalesce(k.creators, '{}') as creators,
  m.checkpoints,
  m.difficulty,
  m.official,
  m.playtesting,
  m.archived,
  m.hidden,
  m.created_at,
  m.updated_at,
  r.mean as ratings,
  playtest.summary as playtest,
  k.guides,
  m.raw_difficulty,
  coalesce(k.mechanics, '{}') as mechanics,
  coalesce(k.restrictions, '{}') as restrictions,
  coalesce(k.tags, '{}') as tags,
  m.description,
  (
    select json_build_object('gold', d.gold, 'silver', d.silver, 'bronze', d.bronze)
    from maps.medals as d
    where d.map_id = m.id
  ) as medals,
  m.title,
  m.custom_banner,
  m.linked_code
from core.maps as m
left join maps.rating_totals as r on r.map_id = m.id
left join maps.details as k on k.map_id = m.id
left join lateral (
  select json_build_object(
    'thread_id', p.thread_id,
    'vote_average', v.average,
    'vote_count', v.amount,
    'voters', v.voters,
    'verification_id', p.verification_id,
    'initial_difficulty', p.initial_difficulty,
    'completed', coalesce(p.completed, false)
  ) as summary
  from playtests.meta as p
  cross join lateral (
    select
      round(avg(w.difficulty), 2) as average,
      count(*) as amount,
      coalesce(json_agg(w.user_id order by w.id), '[]') as voters
    from playtests.votes as w
    where w.playtest_thread_id = p.thread_id
  ) as v
  where p.map_id = m.id and p.thread_id is not null and not coalesce(p.completed, false)
  order by p.id desc
  limit 1
) as playtest on true;

select maps.rebuild_details(), maps.rebuild_rating_totals();

-- migrate:down
drop function maps.sorted(integer[], integer, integer);
drop index maps.rating_totals_mean_first_idx, maps.rating_totals_mean_idx;
delete from maps.rating_totals where amount = 0;
create or replace function maps.rebuild_rating_totals() RETURNS void
    LANGUAGE sql
    AS $$
    delete from maps.rating_totals;
    insert into maps.rating_totals (map_id, amount, total, verified_amount, verified_total)
    select
        r.map_id,
        count(*),
        sum(r.quality),
        count(*) filter (where r.verified),
        coalesce(sum(r.quality) filter (where r.verified), 0)
    from maps.ratings as r
    where r.map_id is not null and r.quality is not null
    group by r.map_id;
$$;

drop index core.maps_checkpoints_idx, core.maps_title_idx, core.maps_map_name_idx;
drop trigger details_update on core.maps;
drop trigger details_insert on core.maps;
drop function maps.follow_maps();
drop view maps.cards;
create view maps.cards as
select
  m.id,
  m.code,
  m.map_name,
  m.category,
  creators.list as creators,
  m.checkpoints,
  m.difficulty,
  m.official,
  m.playtesting,
  m.archived,
  m.hidden,
  m.created_at,
  m.updated_at,
  r.mean as ratings,
  playtest.summary as playtest,
  k.guides,
  m.raw_difficulty,
  coalesce(k.mechanics, '{}') as mechanics,
  coalesce(k.restrictions, '{}') as restrictions,
  coalesce(k.tags, '{}') as tags,
  m.description,
  (
    select json_build_object('gold', d.gold, 'silver', d.silver, 'bronze', d.bronze)
    from maps.medals as d
    where d.map_id = m.id
  ) as medals,
  m.title,
  m.custom_banner,
  m.linked_code
from core.maps as m
left join maps.rating_totals as r on r.map_id = m.id
left join maps.details as k on k.map_id = m.id
cross join lateral (
  select coalesce(
    json_agg(
      json_build_object('id', c.user_id, 'is_primary', coalesce(c.is_primary, false), 'name', n.name)
      order by c.is_primary desc nulls last, n.name
    ),
    '[]'
  ) as list
  from maps.creators as c
  join users.names as n on n.user_id = c.user_id
  where c.map_id = m.id
) as creators
left join lateral (
  select json_build_object(
    'thread_id', p.thread_id,
    'vote_average', v.average,
    'vote_count', v.amount,
    'voters', v.voters,
    'verification_id', p.verification_id,
    'initial_difficulty', p.initial_difficulty,
    'completed', coalesce(p.completed, false)
  ) as summary
  from playtests.meta as p
  cross join lateral (
    select
      round(avg(w.difficulty), 2) as average,
      count(*) as amount,
      coalesce(json_agg(w.user_id order by w.id), '[]') as voters
    from playtests.votes as w
    where w.playtest_thread_id = p.thread_id
  ) as v
  where p.map_id = m.id and p.thread_id is not null and not coalesce(p.completed, false)
  order by p.id desc
  limit 1
) as playtest on true;

drop trigger details_delete on users.overwatch_usernames;
drop trigger details_update on users.overwatch_usernames;
drop trigger details_insert on users.overwatch_usernames;
drop trigger details_update on core.users;
drop function maps.follow_names();
drop trigger details_delete on maps.creators;
drop trigger details_update on maps.creators;
drop trigger details_insert on maps.creators;

create or replace function maps.refresh_details(ids integer[]) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    insert into maps.details (map_id)
    select m.id from core.maps as m where m.id = any (ids) order by m.id
    on conflict do nothing;
    perform from maps.details as d where d.map_id = any (ids) order by d.map_id for no key update;
    update maps.details as d
    set guides = c.guides, mechanics = c.mechanics, restrictions = c.restrictions, tags = c.tags
    from maps.collected_details as c
    where c.map_id = d.map_id
        and d.map_id = any (ids)
        and (d.guides, d.mechanics, d.restrictions, d.tags)
            is distinct from (c.guides, c.mechanics, c.restrictions, c.tags);
end;
$$;

create or replace function maps.rebuild_details() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    truncate maps.details, maps.listed;
    insert into maps.details (map_id, guides, mechanics, restrictions, tags)
    select c.map_id, c.guides, c.mechanics, c.restrictions, c.tags from maps.collected_details as c;
    insert into maps.listed (amount) select count(m.code) from core.maps as m;
end;
$$;

drop view maps.collected_details;
create view maps.collected_details as
select
    m.id as map_id,
    (select array_agg(g.url order by g.id) from maps.guides as g where g.map_id = m.id) as guides,
    array(
        select k.name
        from maps.mechanic_links as l
        join maps.mechanics as k on k.id = l.mechanic_id
        where l.map_id = m.id
        order by k.position, k.name
    ) as mechanics,
    array(
        select k.name
        from maps.restriction_links as l
        join maps.restrictions as k on k.id = l.restriction_id
        where l.map_id = m.id
        order by k.position, k.name
    ) as restrictions,
    array(
        select k.name
        from maps.tag_links as l
        join maps.tags as k on k.id = l.tag_id
        where l.map_id = m.id
        order by k.position, k.name
    ) as tags
from core.maps as m;

alter table maps.details drop column facets, drop column creator_names, drop column creators;
create index details_mechanics_idx on maps.details using gin (mechanics);
create index details_restrictions_idx on maps.details using gin (restrictions);
create index details_tags_idx on maps.details using gin (tags);
drop type maps.shown_creator;
