"""Map edits: changes of maps that players propose and moderators accept or reject."""
