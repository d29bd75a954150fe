"""The bot's part of maps: finding and submitting them, their guides, and what the team may do."""

from genjilib.maps.bot import guides, moderation, search, submit

cogs = [guides.Guides, moderation.MapModeration, search.MapSearch, submit.SubmitMap]
