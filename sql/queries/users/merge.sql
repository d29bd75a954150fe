-- Make all that is a placeholder's a real user's, in every table, remove the placeholder; returns the record's id.
-- returns: value
-- writes: core.users, users.merges
select users.merge(:placeholder_id, :user_id, :merged_by) as "id!"
