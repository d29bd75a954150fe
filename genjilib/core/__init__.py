"""What every other package may use and what knows no domain: settings, errors, logs, metrics, clock, ids."""
