-- Return the name of a voter and the label of a vote, for the message about it; nothing for an unknown user.
-- returns: maybe
-- type: difficulty = Difficulty
select n.name, core.difficulty_label(:difficulty) as "difficulty!"
from users.names as n
where n.user_id = :user_id
