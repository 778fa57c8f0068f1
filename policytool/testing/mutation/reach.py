"""What each actor reaches by the policies and grants as they stand: over seeded rows, and rows much like them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from policytool.access.privileges import Privileges
from policytool.access.row_filter import Side, expression
from policytool.catalog.model import Name, Policy, Table
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier
from policytool.postgres.session import Identity, Session
from policytool.testing.deciding.gates import exempt
from policytool.testing.mutation.samples import MOST_ROWS, Sample, Sampler

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
        self._sampler = Sampler(session, [who.settings.get("request.jwt.claim.sub", "") for who in actors.values()])
        self._samples: dict[Name, Sample] = {}

    def prepare(self, catalog: Catalog, tables: Collection[Table]) -> None:
        """Put rows aside; they stay until the transaction or savepoint ends."""
        for table in tables:
            name = (table.schema, table.name)
            if name not in self._samples:
                sample = self._sampler.sample(catalog, table, f"policytool_rows_{len(self._samples)}")
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
        limit = f"order by policytool_row limit {MOST_ROWS}"
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
