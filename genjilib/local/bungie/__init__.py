"""The simulated Bungie API: a world of players and raids, told in Bungie's own words."""
