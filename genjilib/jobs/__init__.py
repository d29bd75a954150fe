"""Jobs: what became of a message that a request caused, for callers that wait for it."""
