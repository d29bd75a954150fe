-- Choose players by chance whose history was not read for some weeks, among those with most clears.
-- returns: many
select t.membership_id
from (
  select p.membership_id, p.history_last_crawled
  from core.player as p
  order by p.clears desc, p.membership_id
  limit :among
) as t
where t.history_last_crawled is null
  or t.history_last_crawled < now() - :weeks * interval '1 week'
order by random()
limit :n
