-- Return who a player is; nothing for an unknown one.
-- returns: maybe
select
  p.membership_id::text as membership_id, p.membership_type, p.icon_path, p.display_name,
  p.bungie_global_display_name, p.bungie_global_display_name_code, p.last_seen, p.last_crawled, p.is_private,
  p.cheat_level
from core.player as p
where p.membership_id = :membership_id
