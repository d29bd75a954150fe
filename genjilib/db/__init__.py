"""The SQL layer: files in sql/queries become typed, prepared statements."""
