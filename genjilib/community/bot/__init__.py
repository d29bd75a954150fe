"""The bot's part of the community: information, roles to choose, letters to the team, its upkeep."""

from genjilib.community.bot import information, modmail, repair, roles, upkeep

cogs = [information.Information, modmail.Modmail, repair.Repair, roles.Roles, upkeep.Upkeep]
