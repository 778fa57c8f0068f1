"""What each actor reaches by the policies and grants as they stand: over seeded rows, and rows much like them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from policytool.access.privileges import Privileges
from policytool.access.row_filter import Side, expression
from policytool.catalog.expression.references import references
from policytool.catalog.model import Column, Name, Policy, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier, literal, qualified
from policytool.postgres.seeding.constants import constants
from policytool.postgres.session import Identity, Session
from policytool.testing.gates import exempt

_MOST_VALUES: Final = 8
_MOST_ROWS: Final = 600
COMMANDS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")


class Key(Struct, frozen=True):
    """An actor does something to a row. `changed` is how it differs from the stored one, or what it becomes.

    `seeded` says that the row is there, or is the one to be made; without it such a row could only be there.
    """

    actor: str
    command: str
    table: Name
    row: str
    changed: str = ""
    seeded: bool = True


Reach = Mapping[Key, frozenset[str]]  # the columns of it that the actor has the privilege for


class Difference(Struct, frozen=True, kw_only=True):
    """What is reached on one side only; or, `columns`, by more columns."""

    key: Key
    gained: bool
    columns: frozenset[str] = frozenset()


class Sample(Struct, frozen=True, kw_only=True):
    """Rows of a table in a temporary one: those that are there, and each with one column changed."""

    table: Table
    stored: str  # the temporary table, as SQL names it
    rows: tuple[tuple[str, str, str], ...]  # number, the row it was made from, what differs


class Measure:
    """Measures in one session. `actors` are identities by name; `names` what rows are called, by table and ctid."""

    def __init__(
        self,
        session: Session,
        actors: Mapping[str, Identity],
        names: Mapping[tuple[Name, str], str],
    ) -> None:
        self._session = session
        self._actors = actors
        self._names = names
        self._samples: dict[Name, Sample] = {}

    def prepare(self, catalog: Catalog, tables: Collection[Table]) -> None:
        """Put rows aside; they stay until the transaction or savepoint ends."""
        for table in tables:
            name = (table.schema, table.name)
            if name not in self._samples:
                sample = self._sampled(catalog, table, f"policytool_rows_{len(self._samples)}")
                if sample is not None:
                    self._samples[name] = sample

    def has_rows(self, table: Name) -> bool:
        """Whether there is a row to measure by."""
        return table in self._samples and bool(self._samples[table].rows)

    def reach(self, catalog: Catalog, tables: Collection[Name]) -> Reach:
        """What actors reach of these tables. The catalog is to say how the server stands at present."""
        privileges = Privileges(catalog)
        found: dict[Key, frozenset[str]] = {}
        for name in tables:
            sample, table = self._samples.get(name), catalog.tables[name]
            if sample is None:
                continue
            for actor, who in self._actors.items():
                found.update(self._of_actor(actor, who, table, sample, privileges))
        return found

    def said(self, catalog: Catalog, table: Table, policy: Policy) -> frozenset[bool]:
        """What a policy says of the rows that are there, or of such as they are, to those whom it is for."""
        sample, privileges = self._samples.get((table.schema, table.name)), Privileges(catalog)
        text = expression(policy, "check" if policy.command == "INSERT" else "using")
        found: set[bool] = set()
        if sample is None or text is None:
            return frozenset()
        for who in self._actors.values():
            bound = privileges.closure(who.role) & set(policy.roles) and not exempt(who.role, table, privileges)
            if bound and any(privileges.can(who.role, command, table) for command in COMMANDS):
                held = self._held(who, [policy], sample)[text]
                found |= {value == "t" for value, row in zip(held, sample.rows, strict=True) if not row[2]}
        return frozenset(found)

    # --- samples ----------------------------------------------------------------------------------------------------

    def _sampled(self, catalog: Catalog, table: Table, name: str) -> Sample | None:
        on, stored = qualified(table.schema, table.name), f"pg_temp.{name}"
        columns = ", ".join(identifier(c.name) for c in table.columns)
        sql = (
            f"create temp table {name} as select (row_number() over ())::integer as policytool_row, "
            f"ctid::text as policytool_from, ''::text as policytool_as, {columns} from {on} limit {_MOST_ROWS // 4}; "
            f"grant select on {stored} to public"
        )
        if not self._session.bypass(sql, keep=True).ran:
            return None
        for column in self._varied(table):
            self._session.bypass(self._variation(catalog, table, column, stored), keep=True)
        for condition in _impossible(table, stored):
            self._session.bypass(f"delete from {stored} where policytool_as <> '' and {condition}", keep=True)
        columns = "policytool_row, policytool_from, policytool_as"
        answer = self._session.bypass(f"select {columns} from {stored} order by 1 limit {_MOST_ROWS}")
        rows = tuple((r[0] or "", r[1] or "", r[2] or "") for r in answer.values)
        return Sample(table=table, stored=stored, rows=rows)

    def _varied(self, table: Table) -> Iterator[Column]:
        """The columns that policies look at."""
        texts = [t for p in table.policies for t in (p.using, p.with_check) if t is not None]
        named = {c for text in texts for c in references(text).own_columns}
        yield from (c for c in table.columns if c.name in named)

    def _variation(self, catalog: Catalog, table: Table, column: Column, stored: str) -> str:
        """Each row that is there, with another value in one column."""
        name, number = identifier(column.name), f"(select max(policytool_row) from {stored})"
        here = f"(select distinct {name} as v from {stored} where policytool_as = '' limit {_MOST_VALUES})"
        others = [f"{literal(v)}::{column.type}" for v in self._values(catalog, table, column)]
        others += [] if column.not_null else ["null"]
        values = " union select ".join([here, *others])
        columns = ", ".join("v.v" if c is column else f"r.{identifier(c.name)}" for c in table.columns)
        spelled = f"{literal(column.name + ' = ')} || coalesce(v.v::text, 'null')"
        return (
            f"insert into {stored} "
            f"select {number} + (row_number() over ())::integer, r.policytool_from, {spelled}, {columns} "
            f"from {stored} r cross join (select v from ({values}) as x (v)) as v "
            f"where r.policytool_as = '' and v.v is distinct from r.{name} limit {_MOST_ROWS // 4}"
        )

    def _values(self, catalog: Catalog, table: Table, column: Column) -> Iterator[str]:
        """Values that policies may look for: persons, all labels of an enum, both booleans, what policies spell out."""
        schema, _, name = column.type.rpartition(".")
        enum = catalog.enums.get((schema, name))
        if enum is not None:
            yield from enum.labels[:_MOST_VALUES]
        elif column.type == "boolean":
            yield from ("true", "false")
        elif column.type == "uuid":
            users = (who.settings.get("request.jwt.claim.sub", "") for who in self._actors.values())
            yield from (user for user in dict.fromkeys(users) if user)
        elif column.type == "text" or column.type.startswith("character varying"):
            texts = (t for p in table.policies for t in (p.using, p.with_check) if t is not None)
            found = dict.fromkeys(value for text in texts for value in constants(text).texts)
            yield from list(found)[:_MOST_VALUES]

    # --- one actor --------------------------------------------------------------------------------------------------

    def _of_actor(
        self, actor: str, who: Identity, table: Table, sample: Sample, privileges: Privileges
    ) -> Iterator[tuple[Key, frozenset[str]]]:
        name, role = (table.schema, table.name), who.role
        may = {c: _columns(role, c, table, privileges) for c in COMMANDS}
        if not any(may.values()) or not privileges.uses(role, table.schema):
            return
        free = bool(exempt(role, table, privileges))
        mine = [p for p in table.policies if privileges.closure(role) & set(p.roles)]
        held = {} if free else self._held(who, mine, sample)
        old = {c: [] if c == "INSERT" else _pass(mine, c, "using", held, sample, free) for c in COMMANDS}
        new = {c: _pass(mine, c, "check", held, sample, free) for c in ("INSERT", "UPDATE")}
        at = {origin: i for i, (_, origin, changed) in enumerate(sample.rows) if not changed}
        for i, (_, row, changed) in enumerate(sample.rows):
            there = not changed
            for command in ("SELECT", "DELETE"):
                if may[command] and old[command][i]:
                    yield Key(actor, command, name, row, changed, there), may[command]
            if may["INSERT"] and new["INSERT"][i]:
                yield Key(actor, "INSERT", name, row, changed), may["INSERT"]
            if not may["UPDATE"] or not new["UPDATE"][i]:
                continue
            if old["UPDATE"][i]:
                yield Key(actor, "UPDATE", name, row, f"\0{changed}" if changed else "", there), may["UPDATE"]
            if changed and changed.partition(" = ")[0] in may["UPDATE"] and old["UPDATE"][at[row]]:
                yield Key(actor, "UPDATE", name, row, changed), may["UPDATE"]

    def _held(self, who: Identity, policies: Sequence[Policy], sample: Sample) -> dict[str, list[str]]:
        """For each expression, what it says of each row: `t`, `f`, or the error."""
        texts = list(dict.fromkeys(t for p in policies for s in _SIDES if (t := expression(p, s)) is not None))
        answer = self._asked(who, texts, sample)
        if answer is not None:
            return {text: [row[i] for row in answer] for i, text in enumerate(texts)}
        found: dict[str, list[str]] = {}
        for text in texts:
            alone = self._asked(who, [text], sample)
            found[text] = [row[0] for row in alone] if alone is not None else self._row_by_row(who, text, sample)
        return found

    def _asked(self, who: Identity, texts: list[str], sample: Sample, row: str = "") -> list[list[str]] | None:
        if not texts:
            return [[] for _ in sample.rows]
        asked = ", ".join(f"({text}) is true" for text in texts)
        where = f" where policytool_row = {row}" if row else ""
        limit = f"order by policytool_row limit {_MOST_ROWS}"
        sql = f"select {asked} from {sample.stored} as {identifier(sample.table.name)}{where} {limit}"
        answer = self._session.attempt(who, sql)
        return [[v or "f" for v in r] for r in answer.values] if answer.ran else None

    def _row_by_row(self, who: Identity, text: str, sample: Sample) -> list[str]:
        found = []
        for number, _, _ in sample.rows[:50]:
            answer = self._asked(who, [text], sample, number)
            found.append(answer[0][0] if answer else "error")
        return found + ["error"] * (len(sample.rows) - len(found))

    def described(self, found: Difference) -> str:
        """`anon would read o2`."""
        key = found.key
        row = self._names.get((key.table, key.row), f"a row of {key.table[0]}.{key.table[1]}")
        verb = {"SELECT": "read", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete"}[key.command]
        becomes = key.command == "UPDATE" and key.seeded and key.changed
        like = key.command == "INSERT" or (key.changed and not becomes)
        what = f"a row like {row.removeprefix('a row of ')}" if like else row
        changed = key.changed.removeprefix("\0")
        how = f" so that {changed}" if becomes else f" with {changed}" if changed else ""
        said = f"{key.actor} would {'' if found.gained else 'no longer '}{verb} {what}{how}"
        if not found.columns:
            return said
        return f"{key.actor} would {verb} {', '.join(sorted(found.columns))} of {what}{how}"


_SIDES: Final[tuple[Side, ...]] = ("using", "check")


def _columns(role: str, command: str, table: Table, privileges: Privileges) -> frozenset[str]:
    names = (c.name for c in table.columns)
    if command == "DELETE":
        return frozenset(names) if privileges.can(role, command, table) else frozenset()
    if not privileges.can(role, command, table):
        return frozenset()
    return frozenset(n for n in names if privileges.can(role, command, table, n))


def _pass(
    policies: Sequence[Policy], command: str, side: Side, held: Mapping[str, list[str]], sample: Sample, free: bool
) -> list[bool]:
    """Which rows pass a side of a command. An error of any expression lets nothing through."""
    if free:
        return [True] * len(sample.rows)
    applying = [p for p in policies if p.command in ("ALL", command)]
    opening = [held[t] for p in applying if p.permissive and (t := expression(p, side)) is not None]
    closing = [held[t] for p in applying if not p.permissive and (t := expression(p, side)) is not None]
    return [any(o[i] == "t" for o in opening) and all(c[i] == "t" for c in closing) for i in range(len(sample.rows))]


def _impossible(table: Table, stored: str) -> Iterator[str]:
    """Conditions that rows fulfil which a constraint forbids: such a row can never be there."""
    alias = identifier(table.name)
    for constraint in table.constraints:
        if constraint.kind == "CHECK" and constraint.expression:
            wrong = f"select policytool_row from {stored} as {alias} where not ({constraint.expression})"
            yield f"policytool_row in ({wrong})"
        if constraint.kind in ("PRIMARY KEY", "UNIQUE"):
            on = qualified(table.schema, table.name)
            same = " and ".join(f"far.{identifier(c)} = {stored}.{identifier(c)}" for c in constraint.columns)
            yield f"exists (select from {on} as far where {same} and far.ctid::text <> {stored}.policytool_from)"
        reference = constraint.reference
        if reference is not None:
            far = qualified(reference.schema, reference.table)
            pairs = zip(constraint.columns, reference.columns, strict=True)
            joined = " and ".join(f"far.{identifier(f)} = {stored}.{identifier(n)}" for n, f in pairs)
            known = " and ".join(f"{stored}.{identifier(n)} is not null" for n in constraint.columns)
            yield f"{known} and not exists (select from {far} as far where {joined})"


def difference(before: Reach, after: Reach) -> Difference | None:
    """What is reached only before or only after: of rows that are there, if any; what is gained rather than lost."""
    found: list[Difference] = []
    for one, other, gained in ((after, before, True), (before, after, False)):
        for key in one:
            if key not in other:
                found.append(Difference(key=key, gained=gained))
            elif gained and one[key] - other[key]:
                found.append(Difference(key=key, gained=True, columns=one[key] - other[key]))
    return min(found, key=lambda d: (not d.key.seeded, bool(d.key.changed)), default=None)
