-- What all lists of runs share: the rank of a run, the ranks of a map, and what is shown of a run.
-- migrate:up
-- The rank of every ranked run of a map, the fastest 1, equal times equal; legacy runs are ranked by themselves.
-- Plain enough for PostgreSQL to put in the place of each call.
create function completions.ranks(map_id integer) returns table (id integer, rank bigint)
language sql stable parallel safe as $$
    select s.id, rank() over (partition by s.legacy order by s.time)
    from completions.standings as s
    where s.map_id = ranks.map_id and not s.partial
$$;

-- The rank of one run, if it is ranked; nothing for a partial one and for one that does not count.
create function completions.rank(map_id integer, user_id bigint, run_id integer) returns table (rank bigint)
language sql stable parallel safe as $$
    select count(o.id) + 1
    from completions.standings as s
    left join completions.standings as o
        on o.map_id = s.map_id and not o.partial and o.legacy = s.legacy and o.time < s.time
    where s.map_id = rank.map_id and s.user_id = rank.user_id and s.id = rank.run_id and not s.partial
    having count(s.id) > 0
$$;

-- All that is shown of a run but its rank; a run has time_medal only if it has a rank.
create view completions.cards as
select
  c.id,
  m.code,
  c.user_id,
  n.name,
  n.also_known_as,
  c.time::double precision as time,
  c.screenshot,
  c.video,
  c.completion as partial,
  c.verified,
  maps.medal(c.time, d.gold, d.silver, d.bronze) as time_medal,
  m.map_name,
  m.difficulty,
  c.message_id,
  coalesce(c.legacy, false) as legacy,
  c.legacy_medal,
  exists(select from users.suspicious_flags as f where f.completion_id = c.id) as suspicious,
  (select count(*) from completions.upvotes as u where u.message_id = c.message_id) as upvotes
from core.completions as c
join core.maps as m on m.id = c.map_id
join users.names as n on n.user_id = c.user_id
left join maps.medals as d on d.map_id = c.map_id;

create index idx_suspicious_flags_completion_id on users.suspicious_flags (completion_id);

-- migrate:down
drop index users.idx_suspicious_flags_completion_id;
drop view completions.cards;
drop function completions.rank(integer, bigint, integer);
drop function completions.ranks(integer);
