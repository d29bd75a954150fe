-- What questions about maps read: totals of ratings, cards, keys to sort by, levels of mastery, and indexes.
-- migrate:up
-- The ratings of each map, counted as they are written: a mean over all of them would be read at each search.
create table maps.rating_totals (
    map_id integer not null,
    amount integer not null,
    total bigint not null,
    verified_amount integer not null,
    verified_total bigint not null,
    mean double precision generated always as (total::double precision / nullif(amount, 0)) stored,
    verified_mean double precision
        generated always as (verified_total::double precision / nullif(verified_amount, 0)) stored,
    constraint rating_totals_pkey primary key (map_id),
    constraint rating_totals_map_id_fkey foreign key (map_id) references core.maps (id) on delete cascade
);

-- Counts everything again; for ratings that were loaded while triggers were off.
create function maps.rebuild_rating_totals() returns void language sql as $$
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

-- One statement's changes at once, the maps in their order so that two statements cannot wait for each other.
create function maps.count_ratings() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        with gone as (
            select
                r.map_id,
                count(*) as amount,
                sum(r.quality) as total,
                count(*) filter (where r.verified) as verified_amount,
                coalesce(sum(r.quality) filter (where r.verified), 0) as verified_total
            from removed as r
            where r.quality is not null
            group by r.map_id
        ),
        held as (
            select t.map_id
            from maps.rating_totals as t
            where t.map_id in (select g.map_id from gone as g)
            order by t.map_id
            for no key update
        )
        update maps.rating_totals as t
        set
            amount = t.amount - g.amount,
            total = t.total - g.total,
            verified_amount = t.verified_amount - g.verified_amount,
            verified_total = t.verified_total - g.verified_total
        from gone as g
        join held as h on h.map_id = g.map_id
        where t.map_id = h.map_id;
    end if;
    if tg_op <> 'DELETE' then
        insert into maps.rating_totals as t (map_id, amount, total, verified_amount, verified_total)
        select
            r.map_id,
            count(*),
            sum(r.quality),
            count(*) filter (where r.verified),
            coalesce(sum(r.quality) filter (where r.verified), 0)
        from added as r
        where r.map_id is not null and r.quality is not null
        group by r.map_id
        order by r.map_id
        on conflict (map_id) do update
        set
            amount = t.amount + excluded.amount,
            total = t.total + excluded.total,
            verified_amount = t.verified_amount + excluded.verified_amount,
            verified_total = t.verified_total + excluded.verified_total;
    end if;
    return null;
end
$$;

create trigger trg_count_ratings_insert
    after insert on maps.ratings referencing new table as added
    for each statement execute function maps.count_ratings();

create trigger trg_count_ratings_update
    after update on maps.ratings referencing old table as removed new table as added
    for each statement execute function maps.count_ratings();

create trigger trg_count_ratings_delete
    after delete on maps.ratings referencing old table as removed
    for each statement execute function maps.count_ratings();

select maps.rebuild_rating_totals();

-- All that is shown of a map.
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
  (select array_agg(g.url order by g.id) from maps.guides as g where g.map_id = m.id) as guides,
  m.raw_difficulty,
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

-- What maps are sorted by when a number is asked for, and by when a text is; null for any other key. The sign
-- of a number carries the direction, a text has it in the place where it is asked for.
create function maps.sort_number(key text, difficulty numeric, checkpoints integer, rating double precision)
returns double precision
language sql immutable parallel safe
return case key
  when 'difficulty:asc' then difficulty::double precision
  when 'difficulty:desc' then - difficulty::double precision
  when 'checkpoints:asc' then checkpoints::double precision
  when 'checkpoints:desc' then - checkpoints::double precision
  when 'ratings:asc' then rating
  when 'ratings:desc' then - rating
end;

create function maps.sort_text(key text, direction text, map_name text, title text, code text) returns text
language sql immutable parallel safe
return case key
  when 'map_name:' || direction then map_name
  when 'title:' || direction then title
  when 'code:' || direction then code
end;

-- The level of mastery that runs on so many maps of one name earn.
create function maps.mastery_level(amount bigint) returns text
language sql immutable parallel safe
return case
  when amount >= 30 then 'Prodigy'
  when amount >= 25 then 'Specialist'
  when amount >= 20 then 'Pathfinder'
  when amount >= 15 then 'Trailblazer'
  when amount >= 10 then 'Explorer'
  when amount >= 5 then 'Rookie'
  else 'Placeholder'
end;

create index idx_guides_map_id on maps.guides (map_id);
create index idx_meta_map_id on playtests.meta (map_id);
create index idx_upvotes_inserted_at on completions.upvotes (inserted_at);

-- migrate:down
drop index completions.idx_upvotes_inserted_at;
drop index playtests.idx_meta_map_id;
drop index maps.idx_guides_map_id;
drop function maps.mastery_level(bigint);
drop function maps.sort_text(text, text, text, text, text);
drop function maps.sort_number(text, numeric, integer, double precision);
drop view maps.cards;
drop trigger trg_count_ratings_delete on maps.ratings;
drop trigger trg_count_ratings_update on maps.ratings;
drop trigger trg_count_ratings_insert on maps.ratings;
drop function maps.count_ratings();
drop function maps.rebuild_rating_totals();
drop table maps.rating_totals;
