-- Tell when a clan was last read.
-- returns: scalar
select c.updated_at
from clan.clan as c
where c.group_id = :group_id
