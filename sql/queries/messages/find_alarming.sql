-- Tell which kinds of dead letters are open of which all that the team was told of is dealt with, if it was.
-- returns: many
select
  d.queue,
  d.error,
  count(*) as n,
  min(d.id) as first_id,
  max(d.id) as last_id,
  (array_agg(d.detail order by d.id desc))[1] as detail
from messages.dead_letters as d
left join messages.alerts as a on a.queue = d.queue and a.error = d.error
where d.state = 'dead'
group by d.queue, d.error, a.last_id
having min(d.id) > coalesce(a.last_id, 0)
order by d.queue, d.error
limit 20
