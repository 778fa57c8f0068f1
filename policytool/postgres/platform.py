"""A throwaway server that already holds a platform's roles, schemas and extensions, and templates to clone from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from policytool.errors import PolicytoolError
from policytool.postgres.administrator import administrator
from policytool.postgres.binaries import Binaries
from policytool.postgres.lent import lent
from policytool.postgres.privileged import privileged, strictly_privileged
from policytool.postgres.replay import SETTINGS, Extensions, replay
from policytool.postgres.results import FileResult
from policytool.postgres.server import Seed, Server, throwaway
from policytool.postgres.standins import granted, home, write_standins
from policytool.source.bootstrap import bootstrap_files, profile_file, sql_folder
from policytool.source.model import SqlFile

# Old migrations delete from storage.objects, which the platform allows to those who say so.
MIGRATING = {**SETTINGS, "storage.allow_delete_query": "true"}
# As a superuser who makes a role may act as it, so may postgres, which is none.
SELF_GRANTING = {**MIGRATING, "createrole_self_grant": "set, inherit"}


class BootstrapFailed(PolicytoolError):
    """The platform's own SQL does not run on this server."""


def apply_migrations(
    server: Server,
    database: str,
    files: Iterable[SqlFile | Path | str],
    *,
    keep_going: bool = False,
    strict: bool = False,
    progress: Callable[[FileResult], None] = lambda _: None,
) -> tuple[FileResult, ...]:
    """Replay a project's files as `postgres`, in a database cloned from one of the templates.

    With `strict`, postgres has no more than the platform's own memberships, and the superuser runs nothing for it but
    CREATE EXTENSION and settings of roles and databases.
    """
    takes = strictly_privileged if strict else privileged
    with lent(server, strict=strict) as superuser, administrator(server, database, takes) as admin:
        return replay(
            server,
            database,
            files,
            user="postgres",
            keep_going=keep_going,
            settings=SELF_GRANTING if superuser and server.major >= 16 else MIGRATING,
            extensions=EXTENSIONS,
            administrator=admin,
            progress=progress,
        )


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


EXTENSIONS = Extensions(home=home, after=granted)
