-- Find maps that have a code, easiest first, with all that is shown of them.
-- returns: many
with page as (
  select m.id, count(*) over () as total_results
  from core.maps as m
  where m.code is not null
    /*[ and m.code = :code ]*/
    /*[ and m.id = :map_id ]*/
  order by m.raw_difficulty, m.id
  limit :size offset :skip
)
select
  m.id,
  m.code as "code!",
  m.map_name,
  m.category,
  creators.list as creators,
  m.checkpoints,
  m.difficulty,
  m.official,
  m.playtesting,
  m.archived,
  m.hidden,
  m.created_at as "created_at!",
  m.updated_at as "updated_at!",
  (select avg(r.quality)::float8 from maps.ratings as r where r.map_id = m.id) as ratings,
  playtest.summary as playtest,
  (select array_agg(g.url order by g.id) from maps.guides as g where g.map_id = m.id) as guides,
  m.raw_difficulty::float8 as raw_difficulty,
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
  medals.times as medals,
  m.title,
  m.custom_banner,
  page.total_results as total_results,
  m.linked_code
from page
join core.maps as m on m.id = page.id
left join lateral (
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
) as creators on true
left join lateral (
  select json_build_object('gold', d.gold, 'silver', d.silver, 'bronze', d.bronze) as times
  from maps.medals as d
  where d.map_id = m.id
) as medals on true
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
) as playtest on true
order by m.raw_difficulty, m.id
