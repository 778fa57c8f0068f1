"""The process that owns one server: starts it, outlives its caller by a moment, and leaves nothing behind.

It runs on the standard library alone, with a pipe from the caller as stdin, answers in JSON lines on stdout, and serves
until the pipe closes, the caller dies or the server ends.
"""

import json
import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from policytool.postgres import kernel
from policytool.postgres.cluster import cache_root, make_data, store
from policytool.postgres.contract import Failure, Running, Specification
from policytool.postgres.folders import copy_tree, make_run_folder, sweep

SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107


class Ended(Exception):
    """The caller is gone, or a signal asks this process to end."""


class Run:
    """One server and its folders."""

    def __init__(self, specification: Specification) -> None:
        self.specification = specification
        self.locks: list[int] = []
        self.folder = self.new_folder(specification.folders, specification.minimum_free)
        self.sockets = self.folder
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.child = 0

    def new_folder(self, candidates: list[str], minimum_free: int) -> Path:
        folder, lock = make_run_folder(candidates, minimum_free)
        self.locks.append(lock)
        return folder

    def choose_sockets(self) -> None:
        # A Unix socket's path has 107 bytes: next to long data folders it gets a short one of its own.
        if len(os.fsencode(self.folder / SOCKET)) > SOCKET_PATH_LIMIT:
            short = [path for path in self.specification.socket_folders if len(os.fsencode(path)) < 64]
            self.sockets = self.new_folder(short, 1 << 16)

    def start(self) -> None:
        quoted = str(self.sockets).replace('"', '""')
        settings = [setting.replace("{folder}", str(self.folder)) for setting in self.specification.settings]
        settings.append(f'unix_socket_directories="{quoted}"')
        program = f"{self.specification.bin}/postgres"
        command = [program, "-D", str(self.data), *(part for setting in settings for part in ("-c", setting))]
        keeper = os.getpid()
        self.child = os.fork()
        if self.child == 0:
            _become_server(command, self.log, keeper)
        self.wait_ready()

    def wait_ready(self) -> None:
        """Postgres writes `ready` as the last line of postmaster.pid once it takes connections."""
        deadline = time.monotonic() + self.specification.seconds
        while time.monotonic() < deadline:
            with suppress(OSError, IndexError):
                if (self.data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready":
                    return
            if self.ended():
                self.child = 0
                raise Failure("start", f"the server did not start: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.003)
        raise Failure("start", f"the server was not ready after {self.specification.seconds:.0f} s")

    def ended(self) -> bool:
        try:
            return self.child == 0 or os.waitpid(self.child, os.WNOHANG)[0] != 0
        except ChildProcessError:
            return True

    def stop(self, how: signal.Signals) -> None:
        deadline = time.monotonic() + 10
        if not self.ended():
            os.kill(self.child, how)
        while not self.ended():
            if time.monotonic() > deadline:
                os.kill(self.child, signal.SIGKILL)
            time.sleep(0.002)
        self.child = 0

    def save(self, name: str) -> None:
        """Keep a copy of the cluster in the cache, shut down cleanly, and go on."""
        root = cache_root(self.specification)
        if root is not None:
            self.stop(signal.SIGINT)
            store(root, name, lambda unfinished: copy_tree(self.data, unfinished))
            self.start()

    def remove(self) -> None:
        """End what is left of the server, at once as its data is worthless, and remove its folders."""
        self.stop(signal.SIGQUIT)
        deadline = time.monotonic() + 5
        while (orphans := kernel.children()) and time.monotonic() < deadline:
            for pid in orphans:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
        with suppress(OSError):
            kernel.remove_shared_memory((self.data / "postmaster.pid").read_text())
        for folder in {self.folder, self.sockets}:
            shutil.rmtree(folder, ignore_errors=True)


def _become_server(command: list[str], log: Path, keeper: int) -> NoReturn:
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        kernel.die_with_parent(signal.SIGQUIT)
        if os.getppid() == keeper:
            os.execv(command[0], command)
    finally:
        os._exit(127)


def serve(specification: Specification) -> None:
    program = f"{specification.bin}/postgres"
    if not os.access(program, os.R_OK | os.X_OK):
        raise Failure("unreadable", f"{program} cannot be read as uid {os.geteuid()}")
    sweep({*specification.folders, *specification.socket_folders})
    run = Run(specification)
    try:
        cached = make_data(specification, run.data)
        run.choose_sockets()
        run.start()
        _answer(_running(run, cached)._asdict())
        for line in _commands(run):
            run.save(line)
            _answer(_running(run, "seeded")._asdict())
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        run.remove()


def _running(run: Run, cached: str) -> Running:
    return Running(folder=str(run.folder), sockets=str(run.sockets), pid=run.child, cached=cached)


def _commands(run: Run) -> Iterator[str]:
    """The caller's lines, until the pipe closes, the caller dies (its fork may hold the pipe), or the server ends."""
    caller = run.specification.caller
    poller = select.poll()
    poller.register(0, select.POLLIN | select.POLLHUP)
    if hasattr(os, "pidfd_open"):
        with suppress(OSError):
            poller.register(os.pidfd_open(caller), select.POLLIN)
    while os.getppid() == caller and not run.ended():
        if any(descriptor == 0 for descriptor, _ in poller.poll(500)):
            line = os.read(0, 4096)
            if not line:
                return
            yield line.decode().strip()


def _answer(fields: dict[str, object]) -> None:
    with suppress(BrokenPipeError):
        os.write(1, json.dumps(fields).encode() + b"\n")


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Ended


def main() -> None:
    os.umask(0o077)
    os.chdir("/")
    specification = Specification(**json.loads(sys.argv[1]))
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    kernel.adopt_orphans()
    try:
        kernel.drop_root(specification.identity)
        serve(specification)
    except Ended:
        pass
    except Failure as failure:
        _answer({"kind": failure.kind, "error": str(failure)})
