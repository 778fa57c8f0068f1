"""Servers installed on the machine, and a private tree for those that look for extensions in one place only."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from policytool.errors import NoPostgres
from policytool.postgres.binaries import Binaries, fingerprint, shown_folder, version_of
from policytool.postgres.standins import write_extensions

PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
OLDEST = 13


def installed(places: tuple[str, ...] = PLACES) -> tuple[Binaries, ...]:
    """Every installation with a server in it, newest first."""
    found: dict[Path, Binaries] = {}
    for folder in _folders(places):
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            try:
                found.setdefault(folder.resolve(), Binaries(provider="local", bin=folder, version=version_of(folder)))
            except NoPostgres:
                continue  # a program of another architecture, or half of a package
    return tuple(sorted(found.values(), key=lambda b: b.major, reverse=True))


def local(major: int | None = None, places: tuple[str, ...] = PLACES) -> Binaries:
    """The newest installation, or the one of a major version."""
    every = installed(places)
    fitting = [b for b in every if b.major == major] if major else [b for b in every if b.major >= OLDEST]
    if not fitting:
        what = f"no PostgreSQL {major}" if major else "no PostgreSQL"
        has = f"; there is {', '.join(b.version for b in every)}" if every else ""
        raise NoPostgres(
            f"{what} is installed on this machine{has}", hint="install the server package, or use --postgres embedded"
        )
    return fitting[0]


def _folders(places: tuple[str, ...]) -> Iterator[Path]:
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        if told:
            yield Path(told)
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        if entry and (Path(entry) / "postgres").is_file():
            yield (Path(entry) / "postgres").resolve().parent
    for place in places:
        yield from sorted(Path("/").glob(place.removeprefix("/")))


def with_standins(binaries: Binaries, family: str) -> Binaries:
    """A tree of its own for a server before 18, which looks for extensions beside its programs and nowhere else.

    The programs are copied, because Postgres follows links to find itself; everything else is links, but for the
    extensions. Made once, complete or not at all.
    """
    if binaries.major >= 18:
        return binaries
    told = {name: Path(_config(binaries, name)) for name in ("bindir", "sharedir", "pkglibdir")}
    key = hashlib.sha256(
        repr((fingerprint(binaries), write_extensions(None, told["sharedir"], family, binaries.major))).encode()
    )
    for parent in ("/var/tmp", tempfile.gettempdir()):
        root = Path(parent) / f"policytool-binaries-{os.geteuid()}"
        if shown_folder(root):
            tree = root / f"tree-{binaries.version}-{key.hexdigest()[:12]}"
            with (root / f"{tree.name}.lock").open("w") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if not tree.is_dir():
                    _plant(tree, told, family, binaries.major)
            return replace(binaries, bin=_inside(tree, told["bindir"]))
    raise NoPostgres(
        "no folder can hold the stand-ins for extensions", hint="make /var/tmp writable, or use --postgres embedded"
    )


def share_folder(binaries: Binaries) -> Path:
    """Where a server looks for its extensions; the wheel has no pg_config, and keeps them beside the programs."""
    beside = binaries.bin.parent / "share"
    return beside if (beside / "extension").is_dir() else Path(_config(binaries, "sharedir"))


def _plant(tree: Path, told: dict[str, Path], family: str, major: int) -> None:
    unfinished = tree.with_name(f"{tree.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    programs, share, library = (_inside(unfinished, told[name]) for name in ("bindir", "sharedir", "pkglibdir"))
    for folder in (programs, share / "extension", library.parent):
        folder.mkdir(parents=True, exist_ok=True)
    for program in ("postgres", "initdb"):
        shutil.copy2(told["bindir"] / program, programs / program)
    library.symlink_to(told["pkglibdir"].resolve())
    for entry in told["sharedir"].iterdir():
        if entry.name != "extension":
            (share / entry.name).symlink_to(entry.resolve())
    for entry in (told["sharedir"] / "extension").iterdir():
        (share / "extension" / entry.name).symlink_to(entry.resolve())
    write_extensions(share / "extension", told["sharedir"], family, major)
    for path in (unfinished, *(p for p in unfinished.rglob("*") if p.is_dir() and not p.is_symlink())):
        path.chmod(0o755)
    unfinished.rename(tree)


def _inside(tree: Path, path: Path) -> Path:
    return tree / path.relative_to("/")


def _config(binaries: Binaries, name: str) -> str:
    """What pg_config says; Debian keeps one for each version beside the programs."""
    beside = binaries.bin / "pg_config"
    program = str(beside) if beside.is_file() else shutil.which("pg_config") or "pg_config"
    try:
        return subprocess.run([program, f"--{name}"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoPostgres(
            f"pg_config of {binaries.bin} cannot be run: {error}", hint="use --postgres embedded"
        ) from None
