# What people want to be told of.

settings-title = Your settings
settings-choose = Choose what you are told of
settings-names = Overwatch names
settings-name = Name { $number }
setting-verification = Direct message when a run is judged
setting-skill-role = Direct message when your skill rank changes
setting-lootbox = Direct message when you earn a lootbox
setting-record-removal = Direct message when a record is removed
setting-playtest = Direct message about your playtests
setting-auto-verify = Direct message when a screenshot cannot be read
setting-xp = Ping when you gain XP
setting-mastery = Ping when you earn a mastery
setting-rank = Ping when your tier rises

error-duplicate-username = The same name is there twice.
