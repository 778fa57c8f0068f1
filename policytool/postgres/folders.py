"""Folders of a run: private, locked while anybody of the run lives, and swept when nobody does."""

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from policytool.postgres.contract import Failure

PREFIX = "policytool-run-"
LOCK = "lock"


def own_folder(path: Path) -> bool:
    """Whether `path` is, or could be made, a folder that only we can enter; a stranger's folder or link is refused."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        status = path.lstat()
    except OSError:
        return False
    return path.is_dir() and not path.is_symlink() and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def make_run_folder(candidates: Iterable[str], minimum_free: int) -> tuple[Path, int]:
    """A new private folder in the first candidate with room, and its lock.

    The lock is inherited by the server: it is free only when keeper and server are both gone.
    """
    reasons = []
    for candidate in candidates:
        try:
            space = os.statvfs(candidate)
            if space.f_bavail * space.f_frsize >= minimum_free:
                return _locked_folder(Path(candidate))
            reasons.append(f"{candidate}: less than {minimum_free >> 20} MB free")
        except OSError as error:
            reasons.append(f"{candidate}: {error.strerror}")
    raise Failure("folder", "no folder for the server's data: " + "; ".join(reasons))


def _locked_folder(parent: Path) -> tuple[Path, int]:
    name = os.urandom(6).hex()
    unlocked, folder = parent / f"policytool-new-{name}", parent / f"{PREFIX}{name}"
    unlocked.mkdir(mode=0o700)
    descriptor = os.open(unlocked / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.set_inheritable(descriptor, True)
    unlocked.rename(folder)  # a sweep must never meet a run's folder before it is locked
    return folder, descriptor


def unlocked(folder: Path) -> bool:
    """Whether nobody of the run lives any more."""
    try:
        with (folder / LOCK).open("r+") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return not folder.exists()
    return True


def wait_unlocked(folder: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not unlocked(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def sweep(parents: Iterable[str]) -> None:
    """Remove folders of runs that were killed together with their keepers."""
    for parent in parents:
        with suppress(OSError):
            for folder in Path(parent).glob(f"{PREFIX}*"):
                if folder.lstat().st_uid == os.geteuid() and unlocked(folder):
                    shutil.rmtree(folder, ignore_errors=True)


def copy_tree(source: Path, target: Path) -> None:
    # cp is twice as fast as shutil for the thousand small files of a cluster
    with suppress(OSError):
        if run_locked(["cp", "-R", str(source), str(target)]).returncode == 0:
            return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def run_locked(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program that inherits our locks, so that they hold for as long as it writes, even if we are killed."""
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, close_fds=False
    )
