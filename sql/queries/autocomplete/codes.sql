-- Return the codes of maps that are nearest to a text: itself, those it begins, those one sign away, the most similar.
-- returns: many
with close as (
  select
    m.code,
    case
      when m.code = :search then 3
      when starts_with(m.code, :search) then 2
      else 1 + similarity(m.code, :search)
    end as likeness
  from core.maps as m
  -- The index of trigrams has the code as an expression, lest a code itself is looked for in it.
  where (m.code || '' like :search || '%' or maps.code_keys(m.code) && maps.code_keys(:search))
    /*[ and m.archived = :archived ]*/
    /*[ and m.hidden = :hidden ]*/
    /*[ and m.playtesting = :playtesting ]*/
  order by likeness desc, m.code
  limit :size
),
-- Not read at all when the others suffice.
nearest as (
  select m.code, similarity(m.code, :search) as likeness
  from core.maps as m
  where (select count(*) from close) < :size
    and m.code is not null
    /*[ and m.archived = :archived ]*/
    /*[ and m.hidden = :hidden ]*/
    /*[ and m.playtesting = :playtesting ]*/
  order by m.code || '' <-> :search
  limit :size * 2
)
select f.code as "code!"
from (
  select c.code, c.likeness from close as c
  union all
  select n.code, n.likeness from nearest as n
) as f
group by f.code
order by max(f.likeness) desc, f.code
limit :size
