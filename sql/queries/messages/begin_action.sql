-- Write down that somebody begins to replay, edit or discard dead letters.
-- returns: scalar
-- writes: messages.dead_letter_actions
insert into messages.dead_letter_actions (who, what, filter, outcome, reason)
values (:who, :what, :filter, 'running', :reason)
returning id
