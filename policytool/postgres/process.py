"""Starts a keeper for a server, reads its answer, and lets it go."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policytool.errors import NoPostgres
from policytool.postgres.binaries import Binaries

SUPERUSER = "supabase_admin"
MINIMUM_FREE = 256 << 20

# Durability is worthless here; dynamic shared memory goes into the data folder, so that it is removed with it.
SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "shared_buffers=32MB",
    "dynamic_shared_memory_type=mmap",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What the keeper answers once its server takes connections."""

    folder: Path
    sockets: Path
    pid: int
    cluster: str


def cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "policytool"


def initdb_arguments(major: int) -> list[str]:
    arguments = ["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-sync", "--wal-segsize=1"]
    # From 17 on Postgres has C.UTF-8 built in, so the same order and case rules hold on every machine.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return [*arguments, *(builtin if major >= 17 else ["--locale=C.UTF-8"])]


def specification(binaries: Binaries, identity: str) -> dict[str, Any]:
    arguments = initdb_arguments(binaries.major)
    status = (binaries.bin / "postgres").stat()
    key = repr((binaries.version, str(binaries.bin), status.st_mtime_ns, status.st_size, arguments))
    # As nobody, root's cache is out of reach; a folder of nobody's own takes its place.
    private = [f"/var/tmp/policytool-{65534}"] if identity == "nobody" else [str(cache_folder())]
    return {
        "bin": str(binaries.bin),
        "identity": identity,
        "initdb": arguments,
        "settings": [*SETTINGS, *(["io_method=sync"] if binaries.major >= 18 else [])],
        "key": f"{binaries.version}-{hashlib.sha256(key.encode()).hexdigest()[:12]}",
        "cache": private,
        "folders": ["/dev/shm", *private, tempfile.gettempdir(), "/var/tmp"],
        "socket_folders": ["/dev/shm", tempfile.gettempdir(), "/tmp"],
        "minimum_free": MINIMUM_FREE,
        "caller": os.getpid(),
        "seconds": 60.0,
    }


class Keeper:
    """A running keeper process and the pipe that keeps it alive."""

    def __init__(self, specification: dict[str, Any]) -> None:
        script = Path(__file__).with_name("keeper.py")
        self.owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(script), json.dumps(specification)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in the terminal is for the caller
        )
        self.running: Running | None = None

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        line = self.process.stdout.readline()
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        trace = self.process.stderr.read().decode(errors="replace").strip()
        return {"kind": "keeper", "error": f"the server's keeper ended without an answer: {trace[-2000:]}"}

    def stop(self) -> None:
        """Close the pipe and wait until server and folders are gone; a fork of the caller must not do that."""
        if self.owner != os.getpid():
            return
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        self.process.wait()
        if self.running is not None:  # left only if the keeper itself was killed
            for folder in {self.running.folder, self.running.sockets}:
                shutil.rmtree(folder, ignore_errors=True)


def start(binaries: Binaries) -> Keeper:
    """Start a server; as root, as whoever Postgres accepts and this machine allows."""
    identities = ["namespace", "nobody"] if os.geteuid() == 0 else ["self"]
    failures = []
    for identity in identities:
        keeper = Keeper(specification(binaries, identity))
        try:
            answer = keeper.answer()
            if "error" not in answer:
                keeper.running = Running(
                    folder=Path(answer["folder"]),
                    sockets=Path(answer["sockets"]),
                    pid=answer["pid"],
                    cluster=answer["cluster"],
                )
                return keeper
        except BaseException:
            keeper.stop()
            raise
        keeper.stop()
        failures.append(answer["error"])
        if answer["kind"] not in ("identity", "unreadable"):
            break
    raise NoPostgres("no throwaway Postgres: " + "; ".join(failures))
