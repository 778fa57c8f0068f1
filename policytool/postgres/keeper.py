"""The process that owns one server: drops root, starts it, outlives its caller by a moment, and leaves nothing behind.

Run as `python -I -S keeper.py SPEC` with a pipe from the caller as stdin; only the standard library is at hand.
It answers one JSON line on stdout and serves until the pipe closes, the caller dies or the server ends.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

SOCKET_PATH_LIMIT = 107
NOBODY = 65534
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
IPC_RMID = 0
LINUX = sys.platform.startswith("linux")
LIBC = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """What the caller is told when no server can be started; `kind` lets it choose another way."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Ended(Exception):
    """A signal asked this process to end."""


# --- Identity: Postgres refuses to run as root ---


def enter_user_namespace() -> None:
    """Become uid 1000 of a user namespace of our own; outside it files stay root's, so 0700 folders stay readable."""
    if not LINUX or LIBC.unshare(CLONE_NEWUSER) != 0:
        raise Failure("identity", "user namespaces are not allowed here")
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/gid_map").write_text("1000 0 1")
        Path("/proc/self/uid_map").write_text("1000 0 1")
    except OSError as error:
        raise Failure("identity", f"a user namespace cannot be mapped here: {error.strerror}") from error


def become_nobody() -> None:
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    except OSError as error:
        raise Failure("identity", f"root cannot become uid {NOBODY} here: {error.strerror}") from error


def drop_root(how: str) -> None:
    match how:
        case "namespace":
            enter_user_namespace()
        case "nobody":
            become_nobody()


# --- Folders ---


def own_folder(path: Path) -> bool:
    """Whether `path` is, or could be made, a folder that only we can enter. A stranger's folder or link is refused."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        status = path.lstat()
    except OSError:
        return False
    return path.is_dir() and not path.is_symlink() and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def make_folder(candidates: list[str], minimum_free: int) -> Path:
    """A new 0700 folder in the first candidate with room."""
    reasons = []
    for candidate in candidates:
        folder = Path(candidate) / f"policytool-{os.urandom(6).hex()}"
        try:
            space = os.statvfs(candidate)
            if space.f_bavail * space.f_frsize < minimum_free:
                reasons.append(f"{candidate}: less than {minimum_free >> 20} MB free")
                continue
            folder.mkdir(mode=0o700)
        except OSError as error:
            reasons.append(f"{candidate}: {error.strerror}")
        else:
            return folder
    raise Failure("folder", "no folder for the server's data: " + "; ".join(reasons))


def lock(folder: Path) -> int:
    """Lock the folder; the server inherits the lock, so a free lock means that keeper and server are both gone."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.set_inheritable(descriptor, True)
    return descriptor


def copy_tree(source: Path, target: Path) -> None:
    # cp is twice as fast as shutil for a cluster's thousand small files
    if subprocess.run(["cp", "-R", source, target], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)


# --- The initialised cluster ---


def initialise(spec: dict[str, Any], target: Path) -> None:
    command = [f"{spec['bin']}/initdb", "-D", str(target), *spec["initdb"]]
    result = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        raise Failure("initdb", f"initdb failed: {(result.stderr or result.stdout).strip()[-2000:]}")


def cached_cluster(spec: dict[str, Any]) -> Path | None:
    """The initialised cluster for these binaries, made on first use; None where no cache folder is ours."""
    root = next((Path(path) for path in spec["cache"] if own_folder(Path(path))), None)
    if root is None:
        return None
    cluster = root / f"cluster-{spec['key']}"
    if cluster.is_dir():
        return cluster
    with (root / f"cluster-{spec['key']}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if cluster.is_dir():
            return cluster
        # A folder under the unfinished name is what an interrupted initdb left: we hold the lock, so it is nobody's.
        unfinished = root / f"cluster-{spec['key']}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        initialise(spec, unfinished)
        unfinished.rename(cluster)
    return cluster


def make_data(spec: dict[str, Any], data: Path) -> str:
    cluster = cached_cluster(spec) if spec["cache"] else None
    if cluster is None:
        initialise(spec, data)
        return "fresh"
    copy_tree(cluster, data)
    data.chmod(0o700)
    return "cached"


# --- The server ---


def socket_folder(folder: Path, candidates: list[str]) -> Path:
    """The run's folder, or a short one elsewhere: a Unix socket's path has 107 bytes."""
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return folder
    return make_folder([c for c in candidates if len(os.fsencode(c)) < 60], 1 << 16)


def start(spec: dict[str, Any], data: Path, sockets: Path, log: Path) -> int:
    quoted = str(sockets).replace('"', '""')
    settings = [*spec["settings"], f'unix_socket_directories="{quoted}"']
    command = [f"{spec['bin']}/postgres", "-D", str(data), *(part for s in settings for part in ("-c", s))]
    keeper = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        if LINUX:
            LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGQUIT))
        if os.getppid() == keeper:
            os.execv(command[0], command)
    finally:
        os._exit(127)


def ended(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True


def wait_ready(child: int, data: Path, log: Path, seconds: float) -> None:
    """Postgres writes `ready` as the last line of postmaster.pid once it takes connections."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if (data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready":
                return
        except (OSError, IndexError):
            pass
        if ended(child):
            raise Failure("start", f"the server did not start: {log.read_text(errors='replace').strip()[-2000:]}")
        if hung_up():
            raise Ended
        time.sleep(0.004)
    raise Failure("start", f"the server was not ready after {seconds:.0f} s")


def hung_up() -> bool:
    """Whether the caller closed its end of the pipe."""
    return bool(select.select([0], [], [], 0)[0]) and not os.read(0, 4096)


def wait_for_end(child: int, caller: int) -> None:
    """Return when the pipe closes, the caller dies (a fork of it may hold the pipe open), or the server ends."""
    poller = select.poll()
    poller.register(0, select.POLLIN | select.POLLHUP)
    for pid in (child, caller):
        if hasattr(os, "pidfd_open"):
            try:
                poller.register(os.pidfd_open(pid), select.POLLIN)
            except OSError:
                continue
    while os.getppid() == caller and not ended(child):
        if poller.poll(500) and hung_up():
            return


def remove_shared_memory(status: list[str]) -> None:
    """A postmaster killed with SIGKILL leaves its System V segment; remove it if key and id are still that pair."""
    try:
        key, identifier = (int(part) for part in status[6].split())
    except (IndexError, ValueError):
        return
    if LIBC.shmget(ctypes.c_int(key), ctypes.c_size_t(0), 0) == identifier:
        LIBC.shmctl(identifier, IPC_RMID, None)


def reap() -> None:
    """Kill and collect what a dead postmaster left: as subreaper, we are the parent of its orphans."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
                    os.kill(int(pid), signal.SIGKILL)
                time.sleep(0.005)
        except ChildProcessError:
            return
        except OSError:
            time.sleep(0.05)


def stop(child: int, data: Path) -> None:
    """Immediate shutdown: the data is worthless, so there is nothing to flush."""
    deadline = time.monotonic() + 10
    if not ended(child):
        os.kill(child, signal.SIGQUIT)
        while not ended(child):
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.002)
    reap()
    with contextlib.suppress(OSError):
        remove_shared_memory((data / "postmaster.pid").read_text().splitlines())


# --- The run ---


def answer(**fields: Any) -> None:
    os.write(1, json.dumps(fields).encode() + b"\n")


def serve(spec: dict[str, Any]) -> None:
    binary = f"{spec['bin']}/postgres"
    if not os.access(binary, os.R_OK | os.X_OK):
        raise Failure("unreadable", f"{binary} cannot be read as uid {os.geteuid()}")
    folder = make_folder(spec["folders"], spec["minimum_free"])
    sockets, data, child = folder, folder / "data", 0
    try:
        descriptor = lock(folder)
        origin = make_data(spec, data)
        sockets = socket_folder(folder, spec["socket_folders"])
        child = start(spec, data, sockets, folder / "log")
        os.set_inheritable(descriptor, False)
        wait_ready(child, data, folder / "log", spec["seconds"])
        answer(folder=str(folder), sockets=str(sockets), pid=child, cluster=origin)
        wait_for_end(child, spec["caller"])
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if child:
            stop(child, data)
        for path in {folder, sockets}:
            shutil.rmtree(path, ignore_errors=True)


def end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Ended


def main() -> None:
    os.umask(0o077)
    os.chdir("/")
    spec = json.loads(sys.argv[1])
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, end)
    if LINUX:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        drop_root(spec["identity"])
        serve(spec)
    except Ended:
        pass
    except Failure as failure:
        answer(kind=failure.kind, error=str(failure))


if __name__ == "__main__":
    main()
