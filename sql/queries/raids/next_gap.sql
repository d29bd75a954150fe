-- Tell the oldest range that is not looked through yet.
-- returns: maybe
select g.first_id, g.last_id, g.next_id
from crawl.gaps as g
order by g.first_id
limit 1
