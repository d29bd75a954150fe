"""Images: uploaded screenshots, checked by content, drawn anew and stored under names of our own."""
