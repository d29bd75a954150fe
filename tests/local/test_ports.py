"""Ports and passwords that stay the same between two starts."""

import socket
from pathlib import Path

from genjilib.local.passwords import kept_password
from genjilib.local.ports import free_port, is_free, kept_ports


def test_ports_are_kept(tmp_path: Path) -> None:
    first = kept_ports(tmp_path / "ports.json", "amqp", "epmd")
    assert kept_ports(tmp_path / "ports.json", "amqp", "epmd") == first


def test_port_that_somebody_took_is_replaced(tmp_path: Path) -> None:
    first = kept_ports(tmp_path / "ports.json", "amqp", "epmd")
    with socket.create_server(("127.0.0.1", first["amqp"])):
        second = kept_ports(tmp_path / "ports.json", "amqp", "epmd")
    assert second["amqp"] != first["amqp"]
    assert second["epmd"] == first["epmd"]


def test_free_port_can_be_bound() -> None:
    port = free_port()
    assert is_free(port)
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)


def test_password_is_kept_and_private(tmp_path: Path) -> None:
    password = kept_password(tmp_path / "new" / "password")
    assert len(password) == 24
    assert kept_password(tmp_path / "new" / "password") == password
    assert (tmp_path / "new" / "password").stat().st_mode & 0o777 == 0o600
