"""Messages: topology, outbox, relay, consuming, inbox, dead letters; the only package importing pika."""
