-- Keep the message that said that a playtest has the votes it needs.
-- returns: none
-- writes: playtests.meta
update playtests.meta
set enough_votes_message_id = :message_id
where id = :playtest_id
