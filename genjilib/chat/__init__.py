"""The Discord ground every cog stands on: client, views, paging, embeds and texts."""
