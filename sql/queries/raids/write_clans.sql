-- Write what clans call themselves.
-- returns: none
-- writes: clan.clan
insert into clan.clan (group_id, name, motto, call_sign, clan_banner_data, updated_at)
select c.group_id, c.name, c.motto, c.call_sign, c.clan_banner_data, now()
from jsonb_to_recordset(:clans) as c (group_id bigint, name text, motto text, call_sign text, clan_banner_data jsonb)
order by c.group_id
on conflict (group_id) do update
set name = excluded.name,
    motto = excluded.motto,
    call_sign = excluded.call_sign,
    clan_banner_data = excluded.clan_banner_data,
    updated_at = excluded.updated_at
