-- Note ids that have to be tried again, in so many seconds, or that were given up.
-- returns: none
-- writes: crawl.missed
insert into crawl.missed (instance_id, state, result, due_at)
select m.instance_id, m.state::crawl.missed_state, m.result, now() + m.after * interval '1 second'
from unnest(:instance_ids::bigint[], :states::text[], :results::text[], :afters::float8[])
  as m (instance_id, state, result, after)
order by m.instance_id
on conflict (instance_id) do update
set state = excluded.state, result = excluded.result, due_at = excluded.due_at
