"""Starts a keeper for a server, reads its answers, and lets it go."""

import hashlib
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from policytool.errors import NoPostgres
from policytool.postgres.binaries import Binaries, fingerprint, readable_copy
from policytool.postgres.contract import Failure, Running, Specification
from policytool.postgres.folders import wait_unlocked

SUPERUSER = "supabase_admin"
RUN = "import sys; sys.path.append(sys.argv[2]); from policytool.postgres.keeper import main; main()"

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
    "log_min_messages=fatal",
    "log_min_error_statement=panic",
)

# The keeper puts the run's folder into the braces; see standins.py.
SETTINGS_18 = ("io_method=sync", "extension_control_path={folder}/standins:$system")


def cache_folder() -> Path:
    """Where initialised clusters are kept; an account without a home has a folder beside everybody's."""
    try:
        parent = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "policytool"
    except RuntimeError:
        parent = Path("/var/tmp") / f"policytool-{os.geteuid()}"
    return parent / "postgres"


def initdb_arguments(major: int) -> list[str]:
    arguments = ["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-sync", "--wal-segsize=1"]
    # From 17 on Postgres has C.UTF-8 built in, so the same order and case rules hold on every machine.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return [*arguments, *(builtin if major >= 17 else ["--locale=C.UTF-8"])]


def specify(binaries: Binaries, identity: str, seed: str = "", base: str = "") -> Specification:
    """The server to start; `seed` names what its cluster should already hold, `base` what it may hold instead."""
    initdb = initdb_arguments(binaries.major)
    digest = hashlib.sha256(repr((fingerprint(binaries), initdb)).encode()).hexdigest()[:12]
    cluster = f"{binaries.version}-{digest}"
    # Root's cache is out of reach for nobody; a folder of nobody's own takes its place.
    cache = "/var/tmp/policytool-nobody" if identity == "nobody" else str(cache_folder())
    temporary = tempfile.gettempdir()
    return Specification(
        bin=str(binaries.bin),
        identity=identity,
        initdb=initdb,
        settings=[*SETTINGS, *(SETTINGS_18 if binaries.major >= 18 else ())],
        cluster=cluster,
        seeded=f"{cluster}-{seed}" if seed else "",
        base=f"{cluster}-{base}" if base else "",
        cache=[cache],
        folders=["/dev/shm", cache, temporary, "/var/tmp"],
        socket_folders=["/dev/shm", temporary, "/tmp"],
        minimum_free=256 << 20,
        caller=os.getpid(),
        seconds=60.0,
    )


class Keeper:
    """A keeper process and the pipe that keeps it alive."""

    def __init__(self, specification: Specification) -> None:
        self.specification = specification
        self.owner = os.getpid()
        root = str(Path(__file__).parents[2])
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", RUN, json.dumps(specification._asdict()), root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in the terminal is for the caller
        )
        self.running = Running(folder="", sockets="", pid=0, cached="")
        try:
            self.running = self.answer()
        except BaseException:
            self.stop()
            raise

    def answer(self) -> Running:
        """The server as the keeper's next line describes it."""
        stdout, stderr = self.process.stdout, self.process.stderr
        if stdout is None or stderr is None:
            raise Failure("keeper", "the server's keeper has no pipe")
        line = stdout.readline()
        if not line:
            trace = stderr.read().decode(errors="replace").strip()
            raise Failure("keeper", f"the server's keeper ended without an answer: {trace[-2000:]}")
        fields = json.loads(line)
        if "error" in fields:
            raise Failure(fields["kind"], fields["error"])
        return Running(**fields)

    def save(self) -> Running:
        """Have the cluster, as it is now, kept under its seeded name; the server restarts for it."""
        if self.process.stdin is None:
            raise Failure("keeper", "the server's keeper has no pipe")
        self.process.stdin.write(self.specification.seeded.encode() + b"\n")
        self.process.stdin.flush()
        self.running = self.answer()
        return self.running

    def stop(self) -> None:
        """Close the pipe and wait until server and folders are gone; a fork of the caller must not do that."""
        if self.owner != os.getpid():
            return
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        self.process.wait()
        # Its folders are left only if the keeper was killed; the server ends then, too.
        for folder in {self.running.folder, self.running.sockets} - {""}:
            if Path(folder).exists() and wait_unlocked(Path(folder), 10):
                shutil.rmtree(folder, ignore_errors=True)


def suitable_identities() -> tuple[str, ...]:
    """Postgres runs as anybody but root, and initdb only as somebody with a name."""
    if os.geteuid() == 0:
        return ("namespace", "nobody")
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return ("namespace", "self")
    return ("self",)


def launch(binaries: Binaries, seed: str = "", identities: Sequence[str] = (), *, base: str = "") -> Keeper:
    """Start a server; as root, under the first identity that this machine allows and Postgres accepts."""
    reasons = []
    for identity in identities or suitable_identities():
        try:
            return _launch_readable(binaries, seed, identity, base)
        except Failure as failure:
            reasons.append(str(failure))
            if failure.kind not in ("identity", "unreadable"):
                break
    raise NoPostgres("no throwaway Postgres could be started: " + "; ".join(reasons))


def _launch_readable(binaries: Binaries, seed: str, identity: str, base: str) -> Keeper:
    try:
        return Keeper(specify(binaries, identity, seed, base))
    except Failure as failure:
        if failure.kind != "unreadable" or os.geteuid() != 0:
            raise
    return Keeper(specify(readable_copy(binaries), identity, seed, base))
