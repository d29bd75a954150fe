"""The Discord ground every cog stands on: client, answers, views, forms, paging, look, texts, posting."""
