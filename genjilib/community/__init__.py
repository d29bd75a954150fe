"""Community: the leaderboard of all players, and statistics of players, maps and runs."""
