"""The access matrix, as said and as measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import structs

from policytool.api.auditing import context
from policytool.api.loading import Loaded
from policytool.errors import UsageError

if TYPE_CHECKING:
    from policytool.access.matrix import Cell
    from policytool.catalog.build import Built
    from policytool.catalog.model import Function, Table, View
    from policytool.rule import Context
    from policytool.testing.observed.matrix import Measured
    from policytool.testing.observed.switches import Switches


def matrix(loaded: Loaded, *, roles: tuple[str, ...] = (), schemas: tuple[str, ...] = ()) -> tuple[Cell, ...]:
    """What each role may do to the rows of the user's tables and views, and which functions it may call.

    By default the roles that clients act as, and service_role; on a plain Postgres those that the SQL makes as well.
    Raises UsageError for a role or schema that is not there.
    """
    from policytool.access.matrix import matrix as cells

    found = context(loaded)
    shown = _subjects(found, roles, schemas)
    return tuple(cells(found.access, roles or roles_met(found), shown))


def _subjects(found: Context, roles: tuple[str, ...], schemas: tuple[str, ...]) -> list[Table | View | Function]:
    from policytool.audit.walk import own_functions, own_tables, own_views

    for noun, names, known in (("role", roles, found.catalog.roles), ("schema", schemas, found.catalog.schemas)):
        for name in names:
            if name not in known:
                has = ", ".join(sorted(known))
                raise UsageError(f"there is no {noun} {name!r} in the catalog", hint=f"it has {has}")
    called = (f for f in own_functions(found) if f.returns not in ("trigger", "event_trigger"))
    items: list[Table | View | Function] = [*own_tables(found), *own_views(found), *called]
    shown = [item for item in items if not schemas or item.schema in schemas]
    return sorted(shown, key=lambda item: (item.schema, item.name))


def measure(
    loaded: Loaded,
    *,
    roles: tuple[str, ...] = (),
    schemas: tuple[str, ...] = (),
    postgres: str = "auto",
    major: int | None = None,
    declared: bool = False,
    keep_going: bool = False,
    also: Switches | None = None,
    leaks: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Measured:
    """The matrix as a throwaway server shows it: everything is tried, on rows made up for it, and undone.

    `also` is what another source's policies go by, so that the same rows are tried on both.
    Raises MigrationFailed where a file fails and `keep_going` does not say to go on without it.
    """
    from policytool.postgres.providers import choose
    from policytool.testing.observed.matrix import Question
    from policytool.testing.observed.matrix import measure as measured

    if not loaded.project.files:
        raise UsageError(f"{loaded.project.label} holds no migrations to apply", hint="leave --observed out")

    def ask(built: Built) -> Question:
        asked = structs.replace(loaded, built=built)
        found = context(asked)
        subjects = tuple(_subjects(found, roles, schemas))
        predicted = matrix(asked, roles=roles, schemas=schemas)
        return Question(access=found.access, subjects=subjects, roles=roles or roles_met(found), predicted=predicted)

    provider = choose(postgres, major, declared=declared)
    return measured(
        loaded.project,
        loaded.built,
        provider,
        ask,
        keep_going=keep_going,
        also=also,
        leaks=leaks,
        progress=progress,
    )


def roles_met(context: Context) -> tuple[str, ...]:
    """The roles that somebody acts as: clients, those that the SQL makes, and service_role."""
    clients = [role for role in context.access.clients if role != "public"]
    made = sorted(n for n, r in context.catalog.roles.items() if r.origin is None and not r.superuser)
    service = [role for role in ("service_role",) if role in context.catalog.roles]
    return tuple(dict.fromkeys((*clients, *made, *service))) or ("public",)
