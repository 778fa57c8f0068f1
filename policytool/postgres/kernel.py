"""System calls that Python has no names for, and the ways out of being root."""

import contextlib
import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

from policytool.postgres.contract import Failure

NOBODY = 65534
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
IPC_RMID = 0
LINUX = sys.platform.startswith("linux")
LIBC = ctypes.CDLL(None, use_errno=True)


def drop_root(how: str) -> None:
    """Become somebody whom Postgres accepts; without a change for `self`."""
    match how:
        case "namespace":
            _enter_user_namespace()
        case "nobody":
            _become_nobody()


def _enter_user_namespace() -> None:
    """Take another uid in a namespace; outside it our files stay ours, so binaries below a 0700 home stay readable.

    With it goes a network of its own, without an interface: the server speaks over its Unix socket and to nobody else.
    """
    uid, gid, inside = os.geteuid(), os.getegid(), _named_uid()
    if not LINUX or (LIBC.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 and LIBC.unshare(CLONE_NEWUSER) != 0):
        raise Failure("identity", "user namespaces are not allowed here")
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/gid_map").write_text(f"{inside} {gid} 1")
        Path("/proc/self/uid_map").write_text(f"{inside} {uid} 1")
    except OSError as error:
        raise Failure("identity", f"a user namespace cannot be mapped here: {error.strerror}") from error


def _named_uid() -> int:
    """A uid with a name, which initdb insists on; not nobody's, as whose all files of strangers appear inside."""
    uids = [account.pw_uid for account in pwd.getpwall() if account.pw_uid not in (0, NOBODY)]
    if not uids:
        raise Failure("identity", "no account has a name that a server could run under")
    return min(uids)


def _become_nobody() -> None:
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    except OSError as error:
        raise Failure("identity", f"root cannot become uid {NOBODY} here: {error.strerror}") from error


def die_with_parent(number: signal.Signals) -> None:
    """Have the kernel send us a signal when the thread that forked us ends; survives exec, not a change of uid."""
    if LINUX:
        LIBC.prctl(PR_SET_PDEATHSIG, int(number))


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose parent dies, so that they can be found and ended."""
    if LINUX:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)


def children() -> list[int]:
    with contextlib.suppress(OSError):
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    return []


def remove_shared_memory(postmaster_pid: str) -> None:
    """Remove the System V segment that a killed postmaster leaves, if key and id in its pid file still are a pair."""
    try:
        key, identifier = (int(part) for part in postmaster_pid.splitlines()[6].split())
    except (IndexError, ValueError):
        return
    if LINUX and LIBC.shmget(ctypes.c_int(key), ctypes.c_size_t(0), 0) == identifier:
        LIBC.shmctl(identifier, IPC_RMID, None)
