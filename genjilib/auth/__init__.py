"""Auth: who is asking and what they may do; API keys of services, accounts of people."""
