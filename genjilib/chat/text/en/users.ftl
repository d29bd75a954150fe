# Users, and placeholders for players who are not here.

placeholder-made = { $name } is added with the id `{ $id }`.
placeholder-link = Everything of { $fake } becomes { $real }'s, and { $fake } is removed. This cannot be undone.
placeholder-linked = Everything of { $fake } is { $real }'s now.

error-name-missing = A player needs a name.
error-not-a-placeholder = Only a fake user can be linked, and only to another user.
