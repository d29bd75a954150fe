"""A TCP proxy that reads AMQP and PostgreSQL, so that a failure strikes at an exact frame or message."""
