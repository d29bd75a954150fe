-- Remember what Discord has been told about the commands.
-- returns: none
-- writes: bot.command_syncs
insert into bot.command_syncs (application_id, guild_id, hash, commands)
values (:application_id, :guild_id, :hash, :commands)
on conflict on constraint command_syncs_pkey
do update set hash = excluded.hash, commands = excluded.commands, synced_at = now()
