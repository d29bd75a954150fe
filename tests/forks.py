"""Runners as processes of their own, forked from one that has imported them: a start takes 50 ms, not 3 s.

Run as a program it reads orders, one JSON object a line, and forks a child for each; it answers with the
child's process id, and writes the exit status beside the child's log when it ends.
"""

import ctypes
import importlib
import json
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
PRELOADED = ("runners.worker", "runners.api", "runners.bot", "tests.chaos.effects", "cli")


def main() -> None:
    """Fork as told until standard input ends."""
    for name in PRELOADED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, lambda *_: _reap())
    print("ready", flush=True)
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        if (pid := os.fork()) == 0:
            _child(order)
        _logs[pid] = Path(order["log"])
        _reap()
        print(pid, flush=True)


_logs: dict[int, Path] = {}
_ended: dict[int, int] = {}


def _reap() -> None:
    try:
        while (found := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            _ended[found[0]] = os.waitstatus_to_exitcode(found[1])
    except ChildProcessError:
        pass
    for pid in [pid for pid in _ended if pid in _logs]:
        _logs.pop(pid).with_suffix(".status").write_text(str(_ended.pop(pid)))


def _child(order: dict[str, Any]) -> None:
    status = 70
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        null = os.open(os.devnull, os.O_RDONLY)
        for target, source in ((0, null), (1, log), (2, log)):
            os.dup2(source, target)
        os.environ.clear()
        os.environ.update(order["environment"])
        status = _run(order["runner"], order["deploy"], order["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _run(name: str, deploy: str, arguments: list[str]) -> int:
    """What ``python -m runners.NAME`` does, with the effects of the tests among the worker's handlers.

    ``cli`` is the command line instead, ``producer`` what emits the tests' messages.
    """
    if name == "cli":
        return _command(arguments)
    from runners.start import start

    effects = importlib.import_module("tests.chaos.effects")
    if name == "producer":
        return start(name, partial(effects.produce, *map(int, arguments)))
    runner = importlib.import_module(f"runners.{name}")
    if deploy:
        runner.HANDLERS = [*runner.HANDLERS, effects.DEPLOYS[deploy]]
    return start(name, runner.run)


def _command(arguments: list[str]) -> int:
    """What ``./cli.py`` does."""
    sys.argv = ["genji", *arguments]
    try:
        importlib.import_module("cli").app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    main()
