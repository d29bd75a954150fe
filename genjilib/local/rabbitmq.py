"""A private RabbitMQ node of the checkout, with management and metrics, on loopback ports of its own."""

import os
import shutil
from pathlib import Path
from urllib.parse import quote

import aiohttp

from genjilib.local import CHECKOUT
from genjilib.local.passwords import kept_password
from genjilib.local.ports import is_free, kept_ports
from genjilib.local.processes import Process, StartFailure, accepts, run

PLUGINS = ("rabbitmq_management", "rabbitmq_prometheus")
# The plugins those two need. Erlang looks through every library folder for each of its thousand modules:
# without the other forty the node is up in 4 s instead of 8.
NEEDED = (*PLUGINS, "rabbitmq_management_agent", "rabbitmq_web_dispatch", "rabbitmq_prelaunch")
USER = "genji"
PORTS = ("amqp", "management", "prometheus", "distribution", "epmd")
# Debian's package, or the same packages unpacked into the checkout by infra/setup where nobody may install.
ROOTS = (Path("/"), CHECKOUT / ".local" / "rabbitmq-root")

CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = {prometheus}
default_user = {user}
default_pass = {password}
default_vhost = /
disk_free_limit.absolute = 64MB
vm_memory_high_watermark.absolute = 512MB
log.console = false
log.file.level = info
"""
JOIN = """\
cluster_formation.peer_discovery_backend = classic_config
cluster_formation.classic_config.nodes.1 = {}
"""


class RabbitMQ:
    """A node whose data, password, ports and logs are in one directory.

    `durable=False` lets `stop` kill the node, which takes no time; a durable one stops in order (about 6 s).
    Start, stop and kill may alternate; the ports stay the same. Nodes of a cluster are told apart by `number`
    and given the `first` one, which is started before them and ended after.
    """

    name = "rabbitmq"

    def __init__(
        self, directory: Path, *, durable: bool = True, number: int = 0, first: "RabbitMQ | None" = None
    ) -> None:
        self.directory = directory.resolve()
        self.node = f"genji{number or ''}@localhost"
        self._first = first
        self.ports: dict[str, int] = {}
        self._durable = durable
        self._password = ""
        self._environment: dict[str, str] = {}
        self._node: Process | None = None
        self._epmd: Process | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the node while it runs."""
        return self._node.pid if self._node else None

    @property
    def management_url(self) -> str:
        """Root of the management HTTP API, with user and password."""
        return f"http://{USER}:{self._password}@127.0.0.1:{self.ports['management']}"

    @property
    def metrics_url(self) -> str:
        """The node's Prometheus page."""
        return f"http://127.0.0.1:{self.ports['prometheus']}/metrics"

    def url(self, vhost: str = "/") -> str:
        """AMQP URL of a virtual host."""
        return f"amqp://{USER}:{self._password}@127.0.0.1:{self.ports['amqp']}/{quote(vhost, safe='')}"

    def environment(self) -> dict[str, str]:
        """What the runners read."""
        return {"AMQP_URL": self.url(), "RABBITMQ_MANAGEMENT_URL": self.management_url}

    async def start(self) -> None:
        """Start the node and its private epmd; wait until AMQP and management answer (≤ 60 s)."""
        if self.pid is not None:
            return
        root = installation()
        self._prepare(root)
        if self._first is None and (self._epmd is None or self._epmd.pid is None):
            await self._start_epmd(_runtime(root) / "epmd")
        self._node = Process(
            "RabbitMQ",
            [self.directory / "server/sbin/rabbitmq-server"],
            log=self.directory / "log/console",
            environment=self._environment,
        )
        await self._node.start(self._answers, within=60)

    async def stop(self) -> None:
        """Stop the node and its epmd."""
        if self._node:
            await self._node.stop(within=20 if self._durable else 0)
        if self._epmd:
            self._epmd.kill()

    def kill(self) -> None:
        """SIGKILL of the node; confirmed messages of durable queues are there after the next `start`.

        Not so a quorum queue declared within the last second (RabbitMQ 3.10 notes its name on disk later):
        it never finds a leader again.
        """
        if self._node:
            self._node.kill()

    async def evaluate(self, code: str) -> str:
        """Have the node evaluate Erlang expressions; return the value of the last one, as Erlang writes it.

        It takes 20 ms, a command of rabbitmqctl 1.5 s: that is an Erlang VM of its own. Raises RuntimeError
        with what the node says when it cannot.
        """
        command = [_runtime(installation()) / "erl_call", "-sname", self.node, "-e"]
        said = await run(command, environment=self._environment, given=f"{code}.\n")
        if not said.startswith("{ok, "):
            raise RuntimeError(f"RabbitMQ cannot evaluate {code}: {said}")
        return said.removeprefix("{ok, ").removesuffix("}")

    async def create_vhost(self, name: str) -> str:
        """Create a virtual host the user may do all in; return its AMQP URL."""
        await create_vhost(self.management_url, name)
        return self.url(name)

    async def delete_vhost(self, name: str) -> None:
        """Remove a virtual host with its queues and connections."""
        await delete_vhost(self.management_url, name)

    def _prepare(self, root: Path) -> None:
        for folder in ("home", "mnesia", "log", "conf"):
            (self.directory / folder).mkdir(parents=True, exist_ok=True)
        for secret in ("password", "home/.erlang.cookie"):
            if self._first is not None:
                shutil.copy(self._first.directory / secret, self.directory / secret)
            kept_password(self.directory / secret)
        self._password = kept_password(self.directory / "password")
        if not self.ports or not all(is_free(port) for name, port in self.ports.items() if name != "epmd"):
            self.ports = kept_ports(self.directory / "ports.json", *PORTS)
            if self._epmd:
                self._epmd.kill()
        if self._first is not None:
            self.ports["epmd"] = self._first.ports["epmd"]
        conf = self.directory / "conf"
        (conf / "rabbitmq.conf").write_text(
            CONFIGURATION.format(**self.ports, user=USER, password=self._password)
            + (JOIN.format(self._first.node) if self._first else "")
        )
        (conf / "rabbitmq.conf").chmod(0o600)
        (conf / "enabled_plugins").write_text(f"[{','.join(PLUGINS)}].\n")
        (conf / "advanced.config").write_text("[].\n")
        (conf / "env.conf").touch()
        _link_server(root, self.directory / "server")
        self._environment = self._variables(root)

    def _variables(self, root: Path) -> dict[str, str]:
        home, erlang = self.directory, root / "usr/lib/erlang"
        return {
            "PATH": f"{erlang}/bin:{os.environ.get('PATH', '')}",
            "LANG": "C.UTF-8",
            "HOME": f"{home}/home",
            "ERL_ROOTDIR": str(erlang),
            "ERL_EPMD_PORT": str(self.ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SCRIPTS_DIR": f"{home}/server/sbin",
            "RABBITMQ_CONF_ENV_FILE": f"{home}/conf/env.conf",  # else /etc/rabbitmq/rabbitmq-env.conf is read
            "RABBITMQ_CONFIG_FILE": f"{home}/conf/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{home}/conf/advanced.config",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{home}/conf/generated",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/conf/enabled_plugins",
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_MNESIA_BASE": f"{home}/mnesia",
            "RABBITMQ_MNESIA_DIR": f"{home}/mnesia/node",
            "RABBITMQ_PLUGINS_EXPAND_DIR": f"{home}/mnesia/plugins",
            "RABBITMQ_FEATURE_FLAGS_FILE": f"{home}/mnesia/feature_flags",
            "RABBITMQ_LOG_BASE": f"{home}/log",
            "RABBITMQ_LOGS": f"{home}/log/node.log",
            "RABBITMQ_PID_FILE": f"{home}/node.pid",
            "RABBITMQ_DIST_PORT": str(self.ports["distribution"]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none"
            ),
            # The launcher then becomes the node instead of waiting beside it: our child is the node itself.
            "detached": "yes",
        }

    async def _start_epmd(self, epmd: Path) -> None:
        # Erlang's name server as our child; the node by itself would leave a daemon behind.
        port = self.ports["epmd"]
        self._epmd = Process(
            "epmd",
            [epmd, "-port", str(port)],
            log=self.directory / "log/epmd",
            environment=self._environment,
        )
        await self._epmd.start(lambda: accepts(port), within=10)

    async def _answers(self) -> bool:
        if not await accepts(self.ports["amqp"]):
            return False
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"{self.management_url}/api/overview") as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientError:
            return False


def installation() -> Path:
    """The root folder below which RabbitMQ and Erlang are installed; raise StartFailure when nowhere."""
    for root in ROOTS:
        if any((root / "usr/lib/rabbitmq/lib").glob("rabbitmq_server-*")):
            return root
    raise StartFailure("RabbitMQ is not installed: run `make setup`, or give a server by AMQP_URL.")


def _runtime(root: Path) -> Path:
    """The folder of Erlang's own programs."""
    return next((root / "usr/lib/erlang").glob("erts-*/bin"))


def _link_server(root: Path, home: Path) -> None:
    """A server folder of links, with only the plugins we use."""
    server = next((root / "usr/lib/rabbitmq/lib").glob("rabbitmq_server-*")).resolve()
    plugins = home / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    for stale in plugins.iterdir():
        stale.unlink()
    for name in ("sbin", "escript"):
        (home / name).unlink(missing_ok=True)
        (home / name).symlink_to(server / name)
    for library in (server / "plugins").iterdir():
        if not library.name.startswith("rabbitmq_") or library.name.split("-")[0] in NEEDED:
            (plugins / library.name).symlink_to(library)


async def create_vhost(management_url: str, name: str) -> None:
    """Create a virtual host on any server, by its management API, with all rights for the API's user."""
    user = management_url.split("//")[1].split(":")[0]
    path = quote(name, safe="")
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    async with aiohttp.ClientSession(raise_for_status=True) as http:
        await http.put(f"{management_url}/api/vhosts/{path}")
        await http.put(f"{management_url}/api/permissions/{path}/{user}", json=everything)


async def delete_vhost(management_url: str, name: str) -> None:
    """Remove a virtual host from any server; one that is not there is fine."""
    async with aiohttp.ClientSession() as http:
        answer = await http.delete(f"{management_url}/api/vhosts/{quote(name, safe='')}")
        if answer.status != 404:
            answer.raise_for_status()
