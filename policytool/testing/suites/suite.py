"""What a policy test file says: actors, rows, and who may do what. Names are those of the catalog, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

from policytool.catalog.model import Name, Signature
from policytool.config import PlatformName
from policytool.testing.actors import Actor

Command = Literal["SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "SQL"]
Grants = Literal["explicit", "legacy", "both"]
LETTERS: Final[dict[str, Command]] = {"r": "SELECT", "u": "UPDATE", "d": "DELETE"}


class Place(Struct, frozen=True, order=True):
    """Where in the file something stands, counted from 1."""

    line: int
    column: int


class Handle(Struct, frozen=True):
    """A row by the name that the file gives it; a name may be used once in each table."""

    table: Name
    name: str

    @property
    def key(self) -> str:
        """What tells it from all other rows."""
        return f"{self.table[0]}.{self.table[1]}/{self.name}"

    def __str__(self) -> str:
        schema, table = self.table
        return f"{table}.{self.name}" if schema == "public" else f"{schema}.{table}.{self.name}"


class Ref(Struct, frozen=True):
    """`@name`: a column of another row; None is the column that a foreign key names, else the primary key."""

    handle: Handle
    column: str | None = None


Value = str | None | Ref


class Row(Struct, frozen=True, kw_only=True):
    """A row to make; what is not given is made up."""

    handle: Handle
    given: Mapping[str, Value]
    at: Place


class Expect(Struct, frozen=True, kw_only=True):
    """What is to become of an attempt.

    `allow`: it succeeds, and touches a row. `deny`: it does not, for whatever reason, or for the one in `by`. `error`:
    it fails with this SQLSTATE, and a message that holds `message`. `result`: it runs, with so many rows, columns,
    values.
    """

    kind: Literal["allow", "deny", "error", "result"]
    by: str = ""
    sqlstate: str = ""
    message: str = ""
    rows: int | None = None
    columns: tuple[str, ...] | None = None
    values: tuple[tuple[str | None, ...], ...] | None = None

    def __str__(self) -> str:
        match self.kind:
            case "allow":
                return "allowed"
            case "deny":
                return {"": "denied", "filtered": "filtered"}.get(self.by, f"denied by {self.by}")
            case "error":
                return f"error {self.sqlstate}".rstrip() + (f" with {self.message!r}" if self.message else "")
        parts = [f"{self.rows} row{'' if self.rows == 1 else 's'}"] if self.rows is not None else []
        parts += [f"columns {', '.join(self.columns)}"] if self.columns is not None else []
        parts += [f"values {shown(self.values)}"] if self.values is not None else []
        return ", ".join(parts) or "a result"


def shown(values: tuple[tuple[str | None, ...], ...]) -> str:
    """Rows of values in one line."""
    return "; ".join(", ".join("null" if value is None else value for value in row) for row in values) or "none"


ALLOW: Final = Expect(kind="allow")
DENY: Final = Expect(kind="deny")


class Right(Struct, frozen=True, kw_only=True):
    """What an actor may do to a row: letters of `r`, `u`, `d`."""

    handle: Handle
    actor: str
    commands: frozenset[Command]
    at: Place


class Create(Struct, frozen=True, kw_only=True):
    """A row that actors insert, or may not."""

    actors: tuple[str, ...]
    given: Mapping[str, Value]
    expect: Expect
    returning: bool
    at: Place


class Frozen(Struct, frozen=True, kw_only=True):
    """Columns that an actor must not change, even of a row that it may update."""

    actor: str
    columns: tuple[str, ...]
    at: Place


class Stated(Struct, frozen=True, kw_only=True):
    """All that is said of a table. What it does not allow is denied."""

    table: Name
    rights: tuple[Right, ...]
    handles: tuple[Handle, ...]  # those named here, in the order of the file
    creates: tuple[Create, ...]
    closed_insert: bool  # `create` is there, so that inserts not listed are denied
    frozen: tuple[Frozen, ...]
    at: Place


class Who(Struct, frozen=True, kw_only=True):
    """Exactly these actors may do this to a row."""

    command: Command
    handle: Handle
    exactly: frozenset[str]
    at: Place


class Sees(Struct, frozen=True, kw_only=True):
    """Exactly these of the seeded rows of a table are what an actor reads."""

    actor: str
    table: Name
    handles: frozenset[Handle]
    at: Place


class Isolation(Struct, frozen=True, kw_only=True):
    """Nobody touches rows of a tenant that they are no member of."""

    tenant: Name
    members: Name
    tenant_column: str
    user_column: str
    shared: frozenset[Name]
    deny_escalation: bool
    at: Place


class Operation(Struct, frozen=True, kw_only=True):
    """One statement: of a row (`handle`), of a table without a filter, a call, or SQL as written."""

    command: Command
    table: Name | None = None
    handle: Handle | None = None
    values: Mapping[str, Value] = {}
    function: Signature | None = None
    procedure: bool = False
    sql: str = ""
    refs: Mapping[str, Ref] = {}  # `{@name}` in `sql`
    conflict: Literal["", "nothing", "update"] = ""
    returning: bool = False


class Step(Struct, frozen=True, kw_only=True):
    """Something that is done, and stays, before a case; `actor` None means past all policies."""

    actor: str | None
    operation: Operation
    at: Place


class Check(Struct, frozen=True, kw_only=True):
    """What holds once a case's statement has run; `actor` None reads past all policies."""

    actor: str | None
    operation: Operation
    expect: Expect
    at: Place


class Statement(Struct, frozen=True, kw_only=True):
    """A case of `cases`: a statement, and what becomes of it by who runs it."""

    name: str
    operation: Operation
    by: Mapping[str, tuple[Expect, Place]]
    rows: tuple[Row, ...] = ()
    first: tuple[Step, ...] = ()
    then: tuple[Check, ...] = ()
    at: Place


class Head(Struct, frozen=True, kw_only=True):
    """What has to be known of a file before its names can be looked up."""

    path: str
    migrations: str | None = None
    platform: PlatformName | None = None
    grants: Grants | None = None


class Suite(Struct, frozen=True, kw_only=True):
    """A policy test file."""

    head: Head
    actors: Mapping[str, Actor]
    meant: frozenset[str]  # actors that are to bypass row security
    rows: tuple[Row, ...]
    stated: tuple[Stated, ...]
    who: tuple[Who, ...]
    sees: tuple[Sees, ...]
    isolation: Isolation | None
    cases: tuple[Statement, ...]

    @property
    def path(self) -> str:
        return self.head.path

    def handles(self, table: Name) -> tuple[Handle, ...]:
        """The rows of a table that have a name, in the order of the file."""
        return tuple(row.handle for row in self.rows if row.handle.table == table)
