"""Messages: topology, outbox, relay, consuming, inbox and dead letters; the only package that imports pika."""
