"""Newsfeed: what happened in the community, as cards on the website and in Discord."""
