-- Write what Bungie says about a player now.
-- returns: none
-- writes: core.player
insert into core.player as p (
  membership_id, membership_type, icon_path, display_name, bungie_global_display_name,
  bungie_global_display_name_code, first_seen, last_seen, last_crawled, is_private
)
values (
  :membership_id, :membership_type, :icon_path, :display_name, :bungie_global_display_name,
  :bungie_global_display_name_code, coalesce(:first_seen::timestamptz, :last_seen::timestamptz), :last_seen,
  now(), :is_private
)
on conflict (membership_id) do update
set membership_type = excluded.membership_type,
    icon_path = coalesce(excluded.icon_path, p.icon_path),
    display_name = coalesce(excluded.display_name, p.display_name),
    bungie_global_display_name = coalesce(excluded.bungie_global_display_name, p.bungie_global_display_name),
    bungie_global_display_name_code =
      coalesce(excluded.bungie_global_display_name_code, p.bungie_global_display_name_code),
    first_seen = least(excluded.first_seen, p.first_seen),
    last_seen = greatest(excluded.last_seen, p.last_seen),
    last_crawled = excluded.last_crawled,
    is_private = excluded.is_private
