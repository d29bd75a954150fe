# Rank cards.

rank-card-title = Rank card of { $name }
