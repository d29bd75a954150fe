"""A tiny shop: a second project on the SQL layer, with a schema of its own."""
