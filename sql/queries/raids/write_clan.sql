-- Write what a clan calls itself.
-- returns: none
-- writes: clan.clan
insert into clan.clan (group_id, name, motto, call_sign, clan_banner_data, updated_at)
values (:group_id, :name, :motto, :call_sign, :clan_banner_data, now())
on conflict (group_id) do update
set name = excluded.name,
    motto = excluded.motto,
    call_sign = excluded.call_sign,
    clan_banner_data = excluded.clan_banner_data,
    updated_at = excluded.updated_at
