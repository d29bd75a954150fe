-- Return what was last told Discord about the commands of an application in a server.
-- returns: maybe
select
  s.hash,
  s.commands
from bot.command_syncs as s
where s.application_id = :application_id
  and s.guild_id = :guild_id
