"""Initialised clusters: made once for each set of binaries, kept in the cache, copied for each server."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from policytool.postgres.contract import Failure, Specification
from policytool.postgres.folders import copy_tree, own_folder, run_locked

PREFIX = "cluster-"
KEPT = 6


def make_data(specification: Specification, data: Path) -> str:
    """Put a cluster into `data`, the seeded one if there is one; say what the cache held."""
    root = cache_root(specification)
    if root is None:
        initialise(specification, data)
        return ""
    for kind in ("seeded", "base"):
        name = getattr(specification, kind)
        if name and _take(root, name, data):
            return kind
    if _take(root, specification.cluster, data):
        return "cluster"
    store(root, specification.cluster, lambda unfinished: initialise(specification, unfinished))
    if not _take(root, specification.cluster, data):
        initialise(specification, data)
    return ""


def cache_root(specification: Specification) -> Path | None:
    """The first cache folder that is ours alone."""
    return next((Path(path) for path in specification.cache if own_folder(Path(path))), None)


def initialise(specification: Specification, target: Path) -> None:
    command = [f"{specification.bin}/initdb", "-D", str(target), *specification.initdb]
    result = run_locked(command)
    if result.returncode != 0:
        raise Failure("initdb", f"initdb failed: {(result.stderr or result.stdout).strip()[-2000:]}")


def store(root: Path, name: str, fill: Callable[[Path], None]) -> None:
    """Have `fill` make a cluster and keep it: complete or not at all, however it is interrupted."""
    cluster, unfinished = root / f"{PREFIX}{name}", root / f"unfinished-{name}"
    with _locked(root, name, fcntl.LOCK_EX):
        if cluster.is_dir():
            return
        # What an interrupted run left under this name is nobody's: we hold the lock.
        shutil.rmtree(unfinished, ignore_errors=True)
        fill(unfinished)
        unfinished.rename(cluster)
    _forget_old(root)


def _take(root: Path, name: str, data: Path) -> bool:
    cluster = root / f"{PREFIX}{name}"
    if not cluster.is_dir():
        return False
    with _locked(root, name, fcntl.LOCK_SH):
        if not cluster.is_dir():
            return False
        os.utime(cluster)
        copy_tree(cluster, data)
    data.chmod(0o700)
    return True


def _forget_old(root: Path) -> None:
    clusters = sorted(root.glob(f"{PREFIX}*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in clusters[KEPT:]:
        with suppress(OSError), _locked(root, old.name.removeprefix(PREFIX), fcntl.LOCK_EX | fcntl.LOCK_NB):
            shutil.rmtree(old)


@contextmanager
def _locked(root: Path, name: str, how: int) -> Iterator[None]:
    with (root / f"lock-{name}").open("w") as handle:
        fcntl.flock(handle, how)
        os.set_inheritable(handle.fileno(), True)
        yield
