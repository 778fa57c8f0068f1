"""A throwaway server that already holds a platform's roles, schemas and extensions, and templates to clone from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from policytool.errors import PolicytoolError
from policytool.postgres.binaries import Binaries
from policytool.postgres.replay import SETTINGS, Extensions, FileResult, replay
from policytool.postgres.server import Seed, Server, throwaway
from policytool.source.bootstrap import bootstrap_files, profile_file, sql_folder
from policytool.source.model import SqlFile

_HEADER = re.compile(
    r"-- (?P<name>\S+): schema = (?P<schema>\S+), fixed = (?P<fixed>yes|no), relocatable = (?P<relocatable>yes|no), "
    r"version = (?P<version>\S+), runs = (?P<runs>yes|no)\n"
)
# Old migrations delete from storage.objects, which the platform allows to those who say so.
MIGRATING = {**SETTINGS, "storage.allow_delete_query": "true"}


class BootstrapFailed(PolicytoolError):
    """The platform's own SQL does not run on this server."""


def apply_migrations(
    server: Server, database: str, files: Iterable[SqlFile | Path | str], *, keep_going: bool = False
) -> tuple[FileResult, ...]:
    """Replay a project's files as `postgres`, in a database cloned from one of the templates."""
    with promoted(server):
        return replay(
            server, database, files, user="postgres", keep_going=keep_going, settings=MIGRATING, extensions=EXTENSIONS
        )


@contextmanager
def promoted(server: Server) -> Iterator[None]:
    """Make `postgres` a superuser for a while: what supautils permits it on the platform only a superuser may here."""
    with server.connect() as connection:
        query = "select rolsuper from pg_catalog.pg_roles where rolname = 'postgres'"
        already = connection.execute(query).fetchone() == (True,)
    if not already:
        _administer(server, "alter role postgres superuser")
    try:
        yield
    finally:
        if not already:
            _administer(server, "alter role postgres nosuperuser")


@contextmanager
def platform_server(family: str = "supabase", binaries: Binaries | None = None) -> Iterator[Server]:
    """A server with the templates of a family: `supabase_legacy` and `supabase_explicit`, or `postgres_plain`."""
    with throwaway(binaries, seed=platform_seed(family)) as server:
        write_standins(server)
        yield server


def platform_seed(family: str) -> Seed:
    """What makes the templates, keyed by every file that goes into them."""
    folder = sql_folder() / "bootstrap"
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted([*(folder / family).rglob("*.sql"), *(folder / "extensions").glob("*.sql")]):
        digest.update(path.name.encode() + path.read_bytes())
    return Seed(key=f"{family}-{digest.hexdigest()[:12]}", fill=_fill_supabase if family == "supabase" else _fill_plain)


def _fill_supabase(server: Server) -> None:
    write_standins(server)
    legacy = server.create_database(name="supabase_legacy")
    _run(server, legacy, [*_server_files("supabase"), profile_file("supabase", "legacy")])
    _administer(server, f"alter database {legacy} owner to postgres")
    explicit = server.create_database(legacy, name="supabase_explicit", owner="postgres")
    _run(server, explicit, [profile_file("supabase", "explicit")])


def _fill_plain(server: Server) -> None:
    write_standins(server)
    plain = server.create_database(name="postgres_plain")
    _run(server, plain, _server_files("postgres"))
    _administer(server, f"alter database {plain} owner to postgres")


def _server_files(family: str) -> list[SqlFile]:
    return [file for file in bootstrap_files(family) if "builder_only" not in file.path]


def _run(server: Server, database: str, files: list[SqlFile]) -> None:
    error = replay(server, database, files, extensions=EXTENSIONS)[-1].error
    if error:
        raise BootstrapFailed(f"the bootstrap fails at {error.path}:{error.line}: {error.message}", hint=error.hint)


def _administer(server: Server, *statements: str) -> None:
    with server.connect() as connection:
        for statement in statements:
            connection.execute(statement.encode())


def granted(name: str) -> SqlFile | None:
    """What Supabase grants once an extension has been made."""
    path = sql_folder() / "bootstrap" / "supabase" / "after_extension" / f"{name}.sql"
    return SqlFile(path=path.name, text=path.read_text(encoding="utf-8")) if path.is_file() else None


def home(name: str) -> str | None:
    """The schema that a stand-in belongs in, where it may be elsewhere too: a control file cannot say that."""
    path = sql_folder() / "bootstrap" / "extensions" / f"{name}.sql"
    header = _HEADER.match(path.read_text(encoding="utf-8")) if path.is_file() else None
    if header is None or header["fixed"] == "yes" or header["schema"] == "current":
        return None
    return header["schema"]


EXTENSIONS = Extensions(home=home, after=granted)


def write_standins(server: Server) -> tuple[str, ...]:
    """Put the stand-ins where the server looks for extensions that it lacks, and return their names."""
    folder = Path(server.running.folder) / "standins" / "extension"
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    names = []
    for path in sorted((sql_folder() / "bootstrap" / "extensions").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        header = _HEADER.match(text)
        if header is None or header["runs"] == "no":
            continue
        _write(folder / f"{header['name']}.control", _control(header))
        _write(folder / f"{header['name']}--{header['version']}.sql", text)
        names.append(header["name"])
    return tuple(names)


def _control(header: re.Match[str]) -> str:
    lines = ["comment = 'stand-in made by policytool'", f"default_version = '{header['version']}'", "trusted = true"]
    if header["relocatable"] == "yes":
        lines.append("relocatable = true")
    if header["fixed"] == "yes":
        lines.append(f"schema = '{header['schema']}'")
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
