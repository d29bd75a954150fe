"""What cli.py exposes: migrations, backups, dead letters, keys, doctor and lists."""
