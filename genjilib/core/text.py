"""Numbers as people read them."""


def format_run_time(seconds: float) -> str:
    """Write a run's time with hundredths: ``83.45`` → ``1:23.45``, ``59.9`` → ``59.90``."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    tail = f"{rest // 100:02d}.{rest % 100:02d}"
    if hours:
        return f"{hours}:{minutes:02d}:{tail}"
    return f"{minutes}:{tail}" if minutes else tail.removeprefix("0")
