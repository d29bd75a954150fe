-- Return what a clan calls itself; nothing for an unknown one.
-- returns: maybe
select
  c.group_id::text as group_id, c.name, c.call_sign, c.motto, c.clan_banner_data, c.updated_at
from clan.clan as c
where c.group_id = :group_id
