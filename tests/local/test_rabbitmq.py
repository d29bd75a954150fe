"""The private RabbitMQ node: one that crashes and comes back."""

import asyncio
from pathlib import Path

import aiohttp
import pika
import psutil
import pytest

from genjilib.local import rabbitmq
from genjilib.local.processes import StartFailure
from genjilib.local.rabbitmq import RabbitMQ

QUORUM = {"x-queue-type": "quorum"}


def publish(url: str, count: int) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as broker:
        channel = broker.channel()
        channel.queue_declare("kept", durable=True, arguments=QUORUM)
        channel.confirm_delivery()
        for number in range(count):
            persistent = pika.BasicProperties(delivery_mode=2)
            channel.basic_publish("", "kept", str(number).encode(), persistent, mandatory=True)


def consume(url: str, count: int) -> list[bytes]:
    """Up to `count` messages, waiting 5 s for each; a queue elects its leader some time after the start."""
    with pika.BlockingConnection(pika.URLParameters(url)) as broker:
        taken: list[bytes] = []
        for _, _, body in broker.channel().consume("kept", auto_ack=True, inactivity_timeout=5):
            if body is not None:
                taken.append(body)
            if body is None or len(taken) == count:
                return taken
        return taken


def listeners(pid: int) -> set[str]:
    listening = (each for each in psutil.Process(pid).net_connections() if each.status == psutil.CONN_LISTEN)
    return {each.laddr.ip for each in listening}


def alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def home(process: psutil.Process) -> str:
    """The HOME of a process; nothing when it has just ended."""
    try:
        return process.environ().get("HOME", "")
    except psutil.Error:
        return ""


async def test_node_serves_crashes_and_comes_back(node: RabbitMQ) -> None:
    try:
        assert node.pid
        assert listeners(node.pid) == {"127.0.0.1"}
        async with aiohttp.ClientSession() as http, http.get(node.metrics_url) as page:
            assert "rabbitmq_identity_info" in await page.text()

        url = await node.create_vhost("a/b")
        publish(url, 50)
        ports = dict(node.ports)
        await asyncio.sleep(1.5)  # Ra writes the names of new quorum queues to disk half a second late
        node.kill()
        assert node.pid is None
        await node.start()
        assert node.ports == ports
        assert consume(url, 50) == [str(number).encode() for number in range(50)]

        assert '"a/b"' in await node.evaluate("[binary_to_list(Name) || Name <- rabbit_vhost:list_names()]")
        with pytest.raises(RuntimeError, match="undef"):
            await node.evaluate("nothing:like_it()")
        await node.delete_vhost("a/b")
        await node.delete_vhost("a/b")
        with pytest.raises(pika.exceptions.AMQPConnectionError):
            consume(url, 1)
    finally:
        # The broker of the whole run may have been started by this process too.
        family = [each for each in psutil.Process().children(recursive=True) if alive(each)]
        ours = [each for each in family if home(each).startswith(str(node.directory))]
        names = {each.name() for each in ours}
        await node.stop()
    assert names >= {"beam.smp", "epmd"}
    async with asyncio.timeout(5):
        while any(map(alive, ours)):
            await asyncio.sleep(0.02)


async def test_machine_without_rabbitmq_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rabbitmq, "ROOTS", (tmp_path,))
    with pytest.raises(StartFailure, match="make setup"):
        await RabbitMQ(tmp_path / "node").start()
