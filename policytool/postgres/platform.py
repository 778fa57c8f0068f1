"""A throwaway server that already holds a platform's roles, schemas and extensions, and templates to clone from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from policytool.errors import PolicytoolError
from policytool.postgres.addressed import AddressedServer
from policytool.postgres.administrator import administrator
from policytool.postgres.binaries import Binaries, embedded
from policytool.postgres.lent import lent
from policytool.postgres.local import with_standins
from policytool.postgres.perform import Extensions, Rights
from policytool.postgres.privileged import privileged, strictly_privileged
from policytool.postgres.replay import SETTINGS, replay
from policytool.postgres.results import FileResult
from policytool.postgres.server import Seed, Server, throwaway
from policytool.postgres.standins import granted, home, instead, write_standins
from policytool.source.bootstrap import bootstrap_files, extension_parts, profile_file, sql_folder
from policytool.source.model import SqlFile
from policytool.syntax.split import split

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

# Old migrations delete from storage.objects, which the platform allows to those who say so.
MIGRATING = {**SETTINGS, "storage.allow_delete_query": "true"}
# As a superuser who makes a role may act as it, so may postgres, which is none.
_GRANTING = {"createrole_self_grant": "set, inherit"}
SELF_GRANTING = {**MIGRATING, **_GRANTING}
_ROLES_OF_PROJECT = b"""
select pg_catalog.format('grant %I to postgres', rolname) from pg_catalog.pg_roles
where not rolsuper and rolname <> 'postgres' and rolname !~ '^pg_'
"""
# CREATE DATABASE leaves behind what ALTER DATABASE SET and ALTER ROLE IN DATABASE SET said.
_SETTINGS_TOO = b"""
insert into pg_catalog.pg_db_role_setting (setdatabase, setrole, setconfig)
select c.oid, s.setrole, s.setconfig from pg_catalog.pg_db_role_setting s
join pg_catalog.pg_database o on o.oid = s.setdatabase and o.datname = %(original)s
join pg_catalog.pg_database c on c.datname = %(copy)s
"""
MIGRATED = "migrated"


class MigrationFailed(PolicytoolError):
    """A migration does not run, so there is no template to clone from."""

    exit_code = 1


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
    watch: Callable[[Connection], None] = lambda _: None,
    borrowed: bool | None = None,
) -> tuple[FileResult, ...]:
    """Replay a project's files as `postgres`, in a database cloned from one of the templates.

    With `strict`, postgres has no more than the platform's own memberships, and the superuser runs nothing for it but
    CREATE EXTENSION and settings of roles and databases. `borrowed` is what `lent` yields where one is held already:
    then what postgres makes remains its own from one replay to the next.
    """
    takes = strictly_privileged if strict else privileged
    lending = lent(server, strict=strict) if borrowed is None else nullcontext(borrowed)
    with lending as superuser, administrator(server, database, takes) as admin:
        return replay(
            server,
            database,
            files,
            user="postgres",
            keep_going=keep_going,
            settings=SELF_GRANTING if superuser and server.major >= 16 else MIGRATING,
            extensions=_extensions(server, plain=superuser),
            administrator=admin,
            progress=progress,
            watch=watch,
        )


@contextmanager
def project_rights(server: Server, database: str) -> Iterator[tuple[Rights, Mapping[str, str]]]:
    """What a session of `postgres` needs to do in a database what a project may, and the settings to start it with.

    Clones made meanwhile have it too.
    """
    with lent(server) as superuser, administrator(server, database, privileged) as admin:
        granting = _GRANTING if superuser and server.major >= 16 else {}
        if superuser:
            _join(server)
        yield Rights(administrator=admin, extensions=_extensions(server, plain=superuser)), {**SETTINGS, **granting}


@contextmanager
def platform_server(family: str = "supabase", binaries: Binaries | None = None) -> Iterator[Server]:
    """A server with the templates of a family: `supabase_legacy` and `supabase_explicit`, or `postgres_plain`."""
    binaries = with_standins(binaries or embedded(), family)
    with throwaway(binaries, seed=platform_seed(family)) as server:
        write_standins(server, family)
        yield server


@contextmanager
def migrated_server(
    family: str, template: str, files: Sequence[SqlFile], binaries: Binaries | None = None
) -> Iterator[tuple[Server, str]]:
    """A server with a database that holds the files, to clone from; the cache keeps it under the hash of them all.

    Raises MigrationFailed, and keeps nothing, where a file fails.
    """

    def fill(server: Server) -> None:
        name = server.create_database(template, name=MIGRATED, owner="postgres")
        for result in apply_migrations(server, name, files):
            if error := result.error:
                message = f"{error.path}:{error.line}:{error.column}: {error.sqlstate}: {error.message}"
                raise MigrationFailed(message, hint="`policytool apply` shows more")

    binaries = with_standins(binaries or embedded(), family)
    platform = platform_seed(family)
    digest = hashlib.sha256(repr((platform.key, template, files)).encode())
    seed = Seed(key=f"{family}-{digest.hexdigest()[:16]}", fill=fill, base=platform)
    with throwaway(binaries, seed=seed) as server:
        write_standins(server, family)
        yield server, MIGRATED


@contextmanager
def settled_server(server: AddressedServer, family: str) -> Iterator[Server]:
    """A server that is not ours, with the templates of a family on it for a while."""
    roles = next(file for file in _server_files(family) if "roles" in file.path)
    # Of the roles some may be there; what is there is not changed.
    lines = [structs.replace(roles, text=f"{text};") for text in _statements(roles.text)]
    results = replay(server, "postgres", lines, keep_going=True)
    failed = [result.error for result in results if result.error and result.error.sqlstate != "42710"]
    if failed:
        raise BootstrapFailed(f"the platform's roles cannot be made: {failed[0].message}", hint=failed[0].hint)
    server.login("postgres")
    fill = _fill_supabase if family == "supabase" else _fill_plain
    fill(server)
    yield server


def platform_seed(family: str) -> Seed:
    """What makes the templates, keyed by every file that goes into them."""
    folder = sql_folder() / "bootstrap"
    digest = hashlib.sha256(Path(__file__).read_bytes())
    extensions = (part for parts in extension_parts().values() for part in parts)
    for path in sorted([*(folder / family).rglob("*.sql"), *extensions]):
        digest.update(path.name.encode() + path.read_bytes())
    return Seed(key=f"{family}-{digest.hexdigest()[:12]}", fill=_fill_supabase if family == "supabase" else _fill_plain)


def _join(server: Server) -> None:
    """Make postgres, who is no superuser for a while, a member of the roles that it could become as one."""
    from psycopg import Error

    with server.connect() as connection:
        for (grant,) in connection.execute(_ROLES_OF_PROJECT).fetchall():
            # A role that postgres has been granted to cannot be granted to it.
            with suppress(Error):
                connection.execute(grant)


def copy_database(server: Server, template: str) -> str:
    """A copy of a project's database, with the settings that were made for the database itself."""
    name = server.create_database(template, owner="postgres")
    with server.connect() as connection:
        connection.execute(_SETTINGS_TOO, {"copy": name, "original": template})
    return name


def _fill_supabase(server: Server) -> None:
    legacy = server.create_database(name="supabase_legacy")
    _run(server, legacy, [*_prepared(server, "supabase"), profile_file("supabase", "legacy")])
    _administer(server, f"alter database {legacy} owner to postgres")
    explicit = server.create_database(legacy, name="supabase_explicit", owner="postgres")
    _run(server, explicit, [profile_file("supabase", "explicit")])


def _fill_plain(server: Server) -> None:
    plain = server.create_database(name="postgres_plain")
    _run(server, plain, _prepared(server, "postgres"))
    _administer(server, f"alter database {plain} owner to postgres")


def _prepared(server: Server, family: str) -> list[SqlFile]:
    """The platform's files for a database; on a server that is not ours the roles are there already."""
    files = _server_files(family)
    if isinstance(server, AddressedServer):
        return [file for file in files if "roles" not in file.path]
    write_standins(server, family)
    return files


def _extensions(server: Server, *, plain: bool = False) -> Extensions:
    after = (lambda _: None) if plain else granted
    return (
        Extensions(home=home, after=after, instead=instead(server))
        if isinstance(server, AddressedServer)
        else Extensions(home=home, after=after)
    )


def _server_files(family: str) -> list[SqlFile]:
    return [file for file in bootstrap_files(family) if "builder_only" not in file.path]


def _run(server: Server, database: str, files: list[SqlFile]) -> None:
    for result in replay(server, database, files, extensions=_extensions(server)):
        if error := result.error:
            message = f"the bootstrap fails at {error.path}:{error.line}: {error.message}"
            raise BootstrapFailed(message, hint=error.hint)


def _statements(text: str) -> Iterator[str]:
    return (text[piece.body : piece.end] for piece in split(text) if piece.kind == "sql")


def _administer(server: Server, *statements: str) -> None:
    with server.connect() as connection:
        for statement in statements:
            connection.execute(statement.encode())


EXTENSIONS = Extensions(home=home, after=granted)
