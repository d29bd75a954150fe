-- Add a user's upvote to the run that is shown in a message.
-- returns: none
-- writes: completions.upvotes
insert into completions.upvotes (user_id, message_id)
values (:user_id, :message_id)
