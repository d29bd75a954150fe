-- What questions about maps read: cards, and keys to sort by.
-- migrate:up
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

-- The same by a number that stands for a key and its direction, which costs a quarter of sorting by their names. A text
-- whose direction is the other one is null.
create function maps.sort_number(key integer, difficulty numeric, checkpoints integer, rating double precision)
returns double precision
language sql immutable parallel safe
return case key
  when 1 then difficulty::double precision
  when 2 then - difficulty::double precision
  when 3 then checkpoints::double precision
  when 4 then - checkpoints::double precision
  when 5 then rating
  when 6 then - rating
end;

create function maps.sort_text(key integer, direction integer, map_name text, title text, code text) returns text
language sql immutable parallel safe
return case key - direction
  when 7 then map_name
  when 9 then title
  when 11 then code
end;

-- migrate:down
drop function maps.sort_text(integer, integer, text, text, text);
drop function maps.sort_number(integer, numeric, integer, double precision);
drop function maps.sort_text(text, text, text, text, text);
drop function maps.sort_number(text, numeric, integer, double precision);
drop view maps.cards;
