"""Alerts: what the team is told of by the system itself."""
