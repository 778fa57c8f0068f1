"""One row sent to the server: as it is, in the name of a person, or past the triggers of its table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from policytool.catalog.model import Name
from policytool.catalog.spelling import constant, identifier, literal, qualified
from policytool.postgres.seeding.facts import Shape

if TYPE_CHECKING:
    import psycopg

    from policytool.postgres.server import Connection

Row = dict[str, str | None]

USERS: Final[Name] = ("auth", "users")
_TRIGGERS: Final = """
select tgname::text, tgenabled::text from pg_catalog.pg_trigger
where tgrelid = {table}::pg_catalog.regclass and not tgisinternal and tgenabled <> 'D' order by 1
"""
_ENABLE: Final = {"O": "enable", "R": "enable replica", "A": "enable always"}
_CLAIMS: Final = (
    "request.jwt.claims", "request.headers", "request.jwt.claim.sub", "request.jwt.claim.role",
    "request.jwt.claim.email",
)  # fmt: skip


_JUDGED: Final = "set constraints all immediate"
_ALONE: Final = ("begin", "commit", "rollback")
_WITHIN: Final = (
    "savepoint policytool_row",
    "release savepoint policytool_row",
    "rollback to savepoint policytool_row; release savepoint policytool_row",
)


class Mode(Struct, frozen=True, kw_only=True):
    """How a row is sent; `note` says it where it is out of the ordinary."""

    note: str = ""
    claims: Mapping[str, object] = field(default_factory=dict)
    without_triggers: bool = False


PLAIN: Final = Mode()
SERVICE: Final = Mode(note="as service_role, for a trigger", claims={"role": "service_role"})
WITHOUT: Final = Mode(note="with the triggers of the table disabled", without_triggers=True)


class Refused(Exception):
    """The server did not take the row; `inner` where a function of the project refused, or changed what was given."""

    def __init__(self, message: str, *, sqlstate: str = "", inner: bool = False) -> None:
        super().__init__(message)
        self.sqlstate, self.inner = sqlstate, inner
        self.table: Name | None = None
        self.column = self.constraint = ""


def refused(error: psycopg.Error) -> Refused:
    """What an error says."""
    said = error.diag
    found = Refused(said.message_primary or str(error).strip(), sqlstate=said.sqlstate or "", inner=bool(said.context))
    if said.schema_name and said.table_name:
        found.table = (said.schema_name, said.table_name)
    found.column, found.constraint = said.column_name or "", said.constraint_name or ""
    return found


def person(row: Mapping[str, str | None]) -> Mode:
    """In the name of somebody who has a row in auth.users."""
    claims = {
        "sub": row.get("id"),
        "aud": row.get("aud") or "authenticated",
        "role": row.get("role") or "authenticated",
        "email": row.get("email") or "",
        "phone": row.get("phone") or "",
        "app_metadata": json.loads(row.get("raw_app_meta_data") or "{}"),
        "user_metadata": json.loads(row.get("raw_user_meta_data") or "{}"),
        "aal": "aal1",
        "is_anonymous": row.get("is_anonymous") == "true",
    }
    return Mode(note="in the name of the person, for a trigger", claims=claims)


class Table:
    """Rows of one table on a connection."""

    def __init__(self, connection: Connection, shape: Shape) -> None:
        self._connection, self._shape = connection, shape
        self._name = qualified(*shape.name)
        self._shown = ", ".join(["t.ctid::text", *(f"t.{identifier(name)}::text" for name in shape.columns)])
        live = [trigger for trigger in shape.table.triggers if trigger.enabled != "DISABLED"]
        self._triggered = frozenset(event for trigger in live for event in trigger.events)
        self._reread = frozenset(e for trigger in live if trigger.timing != "BEFORE" for e in trigger.events)

    def insert(self, values: Row, given: Row, mode: Mode) -> Row:
        """Put the row there. Raises Refused, also where what was given is not what is there then."""
        names = ", ".join(map(identifier, values))
        system = any(self._shape.columns[name].identity == "ALWAYS" for name in values)
        overriding = " overriding system value" if system else ""
        what = (
            f"({names}){overriding} values ({', '.join(map(constant, values.values()))})"
            if values
            else "default values"
        )
        return self._sent("INSERT", f"insert into {self._name} as t {what}", given, mode)

    def update(self, row: Row, values: Row, mode: Mode) -> Row:
        """Give a row that is there other values."""
        cells = ", ".join(f"{identifier(name)} = {constant(text)}" for name, text in values.items())
        return self._sent("UPDATE", f"update {self._name} as t set {cells} where {self._where(row)}", values, mode)

    def find(self, values: Row) -> Row | None:
        """The first row that has these values."""
        tests = [self._equal(name, text) for name, text in values.items()]
        where = f" where {' and '.join(tests)}" if tests else ""
        found = self._connection.execute(
            f"select {self._shown} from {self._name} as t{where} order by 1 limit 1".encode()
        )
        return self._row(found.fetchone())

    def identity(self, row: Row) -> tuple[str | None, ...]:
        """What tells the row from others: its key, else its place."""
        return tuple(row[name] for name in self._shape.primary or ("ctid",))

    def again(self, rows: Sequence[Row]) -> list[Row]:
        """The rows as they are now, as far as they are found by what tells them apart."""
        if not rows:
            return []
        keys = [f"t.{identifier(name)}" for name in self._shape.primary] or ["t.ctid"]
        types = [f"::{self._shape.columns[name].type}" for name in self._shape.primary] or [""]
        wanted = ", ".join(
            f"({', '.join(map(''.join, zip(map(constant, self.identity(row)), types, strict=True)))})" for row in rows
        )
        query = f"select {self._shown} from {self._name} as t where ({', '.join(keys)}) in ({wanted})"
        found = self._connection.execute(query.encode()).fetchall()
        return [row for row in map(self._row, found) if row is not None]

    def delete(self, row: Row) -> None:
        """Take the row away again, if nothing holds it."""
        import psycopg

        with suppress(psycopg.DatabaseError), self._connection.transaction():
            self._connection.execute(f"delete from {self._name} as t where {self._where(row)}".encode())

    def _sent(self, event: str, statement: str, given: Row, mode: Mode) -> Row:
        import psycopg

        types = {name: self._shape.columns[name].type for name in given}
        wanted = [f"({constant(text)}::{types[name]})::text" for name, text in given.items()]
        text = f"{statement} returning {', '.join([self._shown, *wanted])}"
        try:
            if mode is PLAIN and event not in self._triggered:
                found = _at_once(self._connection, text)
                row = self._row(found[: len(found) - len(given)] if found else None)
                if row is None:
                    raise Refused("a rule kept the row away", inner=True)
                return row
            return self._watched(event, text, given, mode)
        except psycopg.DatabaseError as error:
            raise refused(error) from None

    def _watched(self, event: str, text: str, given: Row, mode: Mode) -> Row:
        """The same where triggers may change or drop the row, which is undone then."""
        with self._connection.transaction(), _Mode(self._connection, self._name, mode):
            found = self._connection.execute(f"{text}; {_JUDGED}".encode(), prepare=False).fetchone()
            row = self._row(found[: len(found) - len(given)] if found else None)
            if row is not None and event in self._reread:
                row = next(iter(self.again([row])), None)
            if row is None or found is None:
                raise Refused("a trigger kept the row away", inner=True)
            for name, shown in zip(given, found[len(found) - len(given) :], strict=True):
                if row[name] != shown:
                    raise Refused(f"a trigger made {name} {row[name]}, not {shown}", inner=True)
            return row

    def _row(self, found: tuple[str | None, ...] | None) -> Row | None:
        return None if found is None else dict(zip(["ctid", *self._shape.columns], found, strict=True))

    def _where(self, row: Row) -> str:
        if self._shape.primary:
            return " and ".join(self._equal(name, row[name]) for name in self._shape.primary)
        return f"t.ctid = {constant(row['ctid'])}"

    def _equal(self, name: str, text: str | None) -> str:
        if text is None:
            return f"t.{identifier(name)} is null"
        return f"t.{identifier(name)} = {literal(text)}::{self._shape.columns[name].type}"


def _at_once(connection: Connection, text: str) -> tuple[str | None, ...] | None:
    """One statement in one round trip, constraints included; undone where it fails. Its first row."""
    import psycopg

    alone = connection.autocommit and connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    begin, end, undo = _ALONE if alone else _WITHIN
    try:
        cursor = connection.execute(f"{begin}; {text}; {_JUDGED}; {end}".encode(), prepare=False)
    except psycopg.DatabaseError:
        if not connection.closed:
            connection.execute(undo.encode(), prepare=False)
        raise
    cursor.nextset()
    return cursor.fetchone()


class _Mode:
    """What a mode changes, for one statement."""

    def __init__(self, connection: Connection, table: str, mode: Mode) -> None:
        self._connection, self._table, self._mode = connection, table, mode
        self._before: dict[str, str] = {}
        self._triggers: list[tuple[str, str]] = []

    def __enter__(self) -> None:
        if self._mode.claims:
            shown = ", ".join(f"pg_catalog.current_setting('{name}', true)" for name in _CLAIMS)
            before = self._connection.execute(f"select {shown}".encode()).fetchone() or ()
            self._before = {name: text or "" for name, text in zip(_CLAIMS, before, strict=True)}
            claims = self._mode.claims
            single = {f"request.jwt.claim.{name}": str(claims.get(name) or "") for name in ("sub", "role", "email")}
            self._set({"request.jwt.claims": json.dumps(claims), "request.headers": "{}", **single})
        if self._mode.without_triggers:
            query = _TRIGGERS.format(table=literal(self._table))
            self._triggers = self._connection.execute(query.encode()).fetchall()
            for name, _ in self._triggers:
                self._connection.execute(f"alter table {self._table} disable trigger {identifier(name)}".encode())

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            return  # undone with the transaction
        for name, state in self._triggers:
            change = f"alter table {self._table} {_ENABLE[state]} trigger {identifier(name)}"
            self._connection.execute(change.encode())
        self._set(self._before)

    def _set(self, settings: Mapping[str, str]) -> None:
        calls = ", ".join(f"pg_catalog.set_config({literal(n)}, {literal(t)}, true)" for n, t in settings.items())
        if calls:
            self._connection.execute(f"select {calls}".encode())
