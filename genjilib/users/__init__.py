"""Users: the people of the community, by Discord id, e-mail or placeholder, and the names they play under."""
