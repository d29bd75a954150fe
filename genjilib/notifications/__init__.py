"""Notifications: messages to one user, through the channels that user chose."""
