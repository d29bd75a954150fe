"""Free ports on the loopback, and a file that keeps them the same from one start to the next."""

import json
import random
import socket
from pathlib import Path

# Below Linux's range for outgoing connections (32768 and up): nothing takes the port between our look and the
# server's bind, but another process that picks a fixed port.
RANGE = range(18_000, 32_000)

_given: set[int] = set()
"""What was handed out: whoever got it may not listen yet, and another start beside it must not get it too."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A random port of 127.0.0.1 that nobody listens on."""
    for port in random.sample(RANGE, 200):
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise OSError(f"no free port between {RANGE.start} and {RANGE.stop} on 127.0.0.1")


def kept_ports(file: Path, *names: str) -> dict[str, int]:
    """The ports written in `file` under these names; new ones where none is written or it is taken."""
    kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    ports = {name: kept[name] if name in kept and is_free(kept[name]) else free_port() for name in names}
    file.write_text(json.dumps(ports))
    return ports
