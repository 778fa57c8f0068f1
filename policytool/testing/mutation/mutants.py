"""Mutants: a policy, a grant or row security made slightly wrong, and the SQL that makes it so."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, Literal

from msgspec import Struct, structs

from policytool.access.privileges import Privileges
from policytool.catalog.ddl import policies as ddl
from policytool.catalog.model import Grant, Name, Policy, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier, qualified
from policytool.syntax.location import Location
from policytool.testing.mutation.conjuncts import Without, without_each

Kind = Literal[
    "policy dropped", "policy opened", "check opened", "check dropped", "condition dropped", "widened to public",
    "row security off", "grant added",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = (
    "policy dropped", "policy opened", "check opened", "check dropped", "condition dropped", "widened to public",
    "row security off", "grant added",
)  # fmt: skip
COMMANDS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
TRUE: Final = "TRUE"  # as canonical text spells it
_LONGEST: Final = 90


class Mutant(Struct, frozen=True, kw_only=True):
    """A table as it stands, as it would be, and the SQL that makes it so. `text` says what is different."""

    kind: Kind
    before: Table
    after: Table
    sql: str
    text: str
    policy: Policy | None = None  # as it stands
    mutated: Policy | None = None  # as it would be; None where it is dropped
    without: Without | None = None
    grantee: str = ""
    privilege: str = ""
    location: Location | None = None

    @property
    def table(self) -> Name:
        return self.before.schema, self.before.name

    @property
    def widens(self) -> bool:
        """Whether it can only let more through; else only less."""
        return self.policy is None or (self.mutated is not None) is self.policy.permissive

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that it is about; () for all."""
        if self.privilege:
            return (self.privilege,)
        return (self.policy.command,) if self.policy is not None and self.policy.command != "ALL" else ()


def mutants(catalog: Catalog, clients: Collection[str], tables: Collection[Name] | None = None) -> Iterator[Mutant]:
    """Every mutant of the user's tables and policies. `clients` are those whom a grant may be given to."""
    privileges = Privileges(catalog)
    for name, table in sorted(catalog.tables.items()):
        if tables is not None and name not in tables:
            continue
        for policy in (p for p in table.policies if p.origin is None):
            yield from _of_policy(table, policy)
        if table.origin is None and not table.assumed and table.kind != "foreign table":
            yield from _uncovered(table)
            yield from _granted(table, clients, privileges)


# --- policies -------------------------------------------------------------------------------------------------------


def _of_policy(table: Table, policy: Policy) -> Iterator[Mutant]:
    named = f'policy "{" ".join(policy.name.split())}"'
    yield _policy(table, policy, None, "policy dropped", f"{named} dropped")
    if policy.command == "INSERT":
        yield _policy(table, policy, structs.replace(policy, with_check=TRUE), "policy opened", f"{named} opened")
    else:
        opened = structs.replace(policy, using=TRUE)
        yield _policy(table, policy, opened, "policy opened", f"{named} opened: USING (true)")
    if policy.command in ("UPDATE", "ALL"):
        yield from _checks(table, policy, named)
    for clause in ("using", "with_check"):
        text = getattr(policy, clause)
        for rest in without_each(text) if text is not None else ():
            what = f"{named}, {clause.upper().replace('_', ' ')} without {_short(rest.dropped)}"
            mutated = structs.replace(policy, **{clause: rest.text})
            made = _policy(table, policy, mutated, "condition dropped", what, clause)
            yield structs.replace(made, without=rest)
    if "public" not in policy.roles:
        mutated = structs.replace(policy, roles=("public",))
        yield _policy(table, policy, mutated, "widened to public", f"{named} TO PUBLIC")


def _checks(table: Table, policy: Policy, named: str) -> Iterator[Mutant]:
    """New rows: no longer checked; or, where they have a condition of their own, checked as the old ones are."""
    opened = structs.replace(policy, with_check=TRUE)
    yield _policy(table, policy, opened, "check opened", f"{named}: WITH CHECK (true)", "with_check")
    if policy.with_check is not None and policy.using is not None:
        dropped = structs.replace(policy, with_check=None)
        yield _policy(table, policy, dropped, "check dropped", f"{named} without its WITH CHECK", "with_check")


def _policy(
    table: Table, policy: Policy, mutated: Policy | None, kind: Kind, text: str, clause: str = "using"
) -> Mutant:
    rest = tuple(p for p in table.policies if p.name != policy.name)
    sql = ddl.drop(table, policy) + (f"; {ddl.create(table, mutated)}" if mutated is not None else "")
    place = policy.with_check_at if clause == "with_check" and policy.with_check is not None else policy.using_at
    return Mutant(
        kind=kind,
        before=table,
        after=structs.replace(table, policies=(*rest, mutated) if mutated is not None else rest),
        sql=sql,
        text=text,
        policy=policy,
        mutated=mutated,
        location=(place if kind == "condition dropped" else None) or policy.made,
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


# --- tables ---------------------------------------------------------------------------------------------------------


def _uncovered(table: Table) -> Iterator[Mutant]:
    if table.rls_enabled:
        yield Mutant(
            kind="row security off",
            before=table,
            after=structs.replace(table, rls_enabled=False),
            sql=f"alter table {qualified(table.schema, table.name)} disable row level security",
            text="row level security off",
            location=table.rls_at or table.made,
        )


def _granted(table: Table, clients: Collection[str], privileges: Privileges) -> Iterator[Mutant]:
    for role in clients:
        for privilege in COMMANDS:
            held = privileges.grants(role, privilege, table)
            if any(not g.columns for g in held) or privileges.bypasses_rls(role) or privileges.owns(role, table):
                continue
            grant = Grant(grantee=role, privilege=privilege)
            some = " on all columns" if held else ""
            yield Mutant(
                kind="grant added",
                before=table,
                after=structs.replace(table, grants=(*table.grants, grant)),
                sql=f"grant {privilege.lower()} on {qualified(table.schema, table.name)} to {identifier(role)}",
                text=f"{privilege}{some} granted to {role}",
                grantee=role,
                privilege=privilege,
                location=table.made,
            )
