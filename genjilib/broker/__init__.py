"""Messages: outbox, relay, quorum queues, inbox, retries and dead letters; nothing else uses pika."""
