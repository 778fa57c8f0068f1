"""The starting catalog: what the platform gives before the first migration, and when its defaults change."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from policytool.catalog.build.dispatch import fold
from policytool.catalog.build.state import State
from policytool.source.bootstrap import bootstrap_files, profile_file
from policytool.source.model import SqlFile
from policytool.syntax.parse import parse_file

# Supabase stopped granting new tables to the API roles: new projects on the first date, all on the second.
NEW_PROJECTS_EXPLICIT = "20260530"
ALL_EXPLICIT = "20261030"
# Predefined roles by the major version that brought them, as far as not every version has them.
_SINCE = {
    "pg_read_all_data": 14,
    "pg_write_all_data": 14,
    "pg_database_owner": 14,
    "pg_checkpoint": 15,
    "pg_create_subscription": 16,
    "pg_use_reserved_connections": 16,
    "pg_maintain": 17,
    "pg_signal_autovacuum_worker": 18,
}


class Platform(Struct, frozen=True, kw_only=True):
    """Which database the migrations run on. `why` is said in the report's head."""

    name: str  # supabase, supabase-explicit, supabase-legacy, postgres
    exposed_schemas: tuple[str, ...]
    major_version: int = 17
    why: str = ""
    anonymous_sign_ins: bool | None = None  # whether one can sign in without an account; None: not known

    @property
    def family(self) -> str:
        """The folder of sql/bootstrap: supabase or postgres."""
        return self.name.partition("-")[0]


def start(platform: Platform) -> State:
    """A state that holds the platform's own objects."""
    supabase = platform.family == "supabase"
    state = State(
        role="supabase_admin" if supabase else "postgres",
        search_path=("$user", "public", "extensions") if supabase else ("$user", "public"),
        major_version=platform.major_version,
    )
    with state.as_origin("platform"):
        for file in bootstrap_files(platform.family):
            _run(state, file)
        if supabase:
            _run(state, profile_file("supabase", "legacy"))
            if platform.name == "supabase-explicit":
                _run(state, profile_file("supabase", "explicit"))
    state.default_role = "postgres"
    state.reset_session()
    return state


def switch(state: State, platform: Platform, file: SqlFile) -> None:
    """Follow the platform's change of default privileges before a migration is folded, by its timestamp."""
    if platform.name != "supabase" or state.explicit:
        return
    version = file.version or ""
    if state.first_version is None:
        state.first_version = version
    if becomes_explicit(state.first_version, version):
        state.explicit = True
        with state.as_origin("platform"):
            _run(state, profile_file("supabase", "explicit"))
        state.reset_session()


def becomes_explicit(first: str, version: str) -> bool:
    """Whether the platform no longer grants new objects to the API roles, in a project that began with `first`."""
    return _day(version) >= ALL_EXPLICIT or _day(first) >= NEW_PROJECTS_EXPLICIT


def default_grants(name: str, versions: Sequence[str]) -> str:
    """What the defaults give anon and authenticated on new tables, in words; "" where nothing is Supabase's."""
    if name == "postgres":
        return ""
    if name == "supabase-explicit" or (name == "supabase" and versions and becomes_explicit(versions[0], "")):
        return "new tables are not granted to the API roles"
    if name == "supabase-legacy":
        return "new tables are granted to the API roles"
    if not any(_day(v) for v in versions):
        return "its files bear no dates: new tables are taken as granted to the API roles, as before 2026-10-30"
    until = " until 2026-10-30" if _day(versions[-1]) >= ALL_EXPLICIT else ""
    return f"it began before 2026-05-30, so new tables were granted to the API roles{until}"


def _day(version: str) -> str:
    """The day of a timestamped version; versions that are no timestamps count as old."""
    return version[:8] if len(version) >= 8 and version[:8].isdigit() and version.startswith("20") else ""


def _run(state: State, file: SqlFile) -> None:
    state.reset_session()
    for statement in parse_file(file).statements:
        if statement.kind == "CreateRoleStmt" and _SINCE.get(statement.node["role"], 0) > state.major_version:
            continue
        state.statement = statement
        fold(state, statement.kind, statement.node)
    state.statement = None
