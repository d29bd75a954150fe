-- Write down how an action on dead letters ended.
-- returns: none
-- writes: messages.dead_letter_actions
update messages.dead_letter_actions
set outcome = :outcome,
    finished_at = clock_timestamp()
where id = :id
