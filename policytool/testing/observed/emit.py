"""Leaks as a policy test file: each is a case that fails until it is mended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from policytool.postgres.seeding import Ref
from policytool.testing.observed.leaks import Leak, Step
from policytool.testing.observed.ties import USERS

if TYPE_CHECKING:
    from policytool.catalog.model import Name
    from policytool.catalog.objects import Catalog
    from policytool.testing.observed.measure import Who
    from policytool.testing.observed.minimise import Shown
    from policytool.testing.observed.observe import Observation
    from policytool.testing.observed.stage import Item

_HEAD: Final = (
    "# Leaks that `policytool matrix --observed` found: each case fails until its leak is mended.\npolicytool: 1\n"
)
_LITERAL: Final = re.compile(r"'([0-9a-f]{8}-[0-9a-f-]{27})'")


def emit(found: Observation, catalog: Catalog) -> str:
    """The file; '' where there is no leak."""
    return _Emitter(found, catalog).text() if found.leaks else ""


class _Emitter:
    def __init__(self, found: Observation, catalog: Catalog) -> None:
        self._found, self._catalog = found, catalog
        self._wanted = {row.wanted.handle: row for row in found.worlds.rows}
        everybody = (*found.worlds.people, *found.worlds.bystanders)
        self._people = {p.number("uuid"): p.name for p in everybody}
        self._emails = {p.email: p.name for p in everybody}
        self._seeds: dict[str, dict[str, Any]] = {}  # handle → given
        self._actors: dict[str, dict[str, Any]] = {}
        self._users = USERS in catalog.tables

    def text(self) -> str:
        cases = [self._case(shown) for shown in self._found.leaks]
        tables: dict[str, dict[str, Any]] = {}
        for handle in sorted(self._seeds, key=self._place):
            tables.setdefault(self._table(self._wanted[handle].wanted.table), {})[_name(handle)] = self._seeds[handle]
        lines = [_HEAD.rstrip(), "actors:", *(f"  {n}: {_flow(keys)}" for n, keys in self._actors.items())]
        lines += ["seed:"] if tables else []
        for table, rows in tables.items():
            lines += [f"  {table}:", *(f"    {n}: {_flow(given)}" for n, given in rows.items())]
        lines += ["cases:", *(line for case in cases for line in case)]
        return "\n".join(lines) + "\n"

    def _place(self, handle: str) -> int:
        return list(self._wanted).index(handle)

    # --- rows --------------------------------------------------------------------------------------------------------

    def _row(self, handle: str) -> None:
        """A row, with all that it refers to."""
        row = self._wanted.get(handle)
        if row is None or handle in self._seeds or row.wanted.table == USERS:
            return
        self._seeds[handle] = {}
        stored = self._found.items[handle].row if handle in self._found.items else {}
        kept = {c for k in self._found.worlds.ties[row.wanted.table].keys for c in k.columns}
        given: dict[str, Any] = {}
        for column, value in row.wanted.given.items():
            told = stored.get(column) if isinstance(value, Ref) or column in kept else value
            # What planting had to change is what it became.
            if column in stored and stored[column] != told and not isinstance(value, Ref):
                told = stored[column]
            given[column] = self._value(row.wanted.table, column, told)
        self._seeds[handle] = {c: v for c, v in given.items() if v is not None or row.wanted.given.get(c, "") is None}

    def _value(self, table: Name, column: str, value: str | None) -> str | None:
        """A value: a person or a row where it is one's key."""
        if value is None:
            return None
        if value in self._people:
            profile = self._target(table, column, value)
            return f"@{self._person(value)}" if profile is None else f"@{profile}"
        if value in self._emails:
            self._actor(self._emails[value])
            return value
        target = self._target(table, column, value)
        return f"@{target}" if target is not None else value.replace("@", "@@", 1) if value.startswith("@") else value

    def _target(self, table: Name, column: str, value: str) -> str | None:
        """The row that a foreign key's column refers to."""
        for key in self._found.worlds.ties[table].keys if table in self._found.worlds.ties else ():
            for mine, far in zip(key.columns, key.far, strict=True):
                if mine != column:
                    continue
                for handle, item in self._found.items.items():
                    if item.table == key.table and item.row.get(far) == value:
                        self._row(handle)
                        return _name(handle) if len(key.columns) == 1 else f"{_name(handle)}.{far}"
        return None

    def _person(self, number: str) -> str:
        name = self._people[number]
        self._actor(name)
        return name

    # --- actors ------------------------------------------------------------------------------------------------------

    def _actor(self, name: str) -> None:
        self._actors.setdefault(name, {})

    def _who(self, who: Who) -> str:
        """An actor, with the rows that say who they are."""
        if who.person is None:
            self._actors.setdefault(who.role, {"role": who.role})
            return who.role
        keys: dict[str, Any] = {} if who.role == "authenticated" else {"role": who.role}
        if who.person.claims:
            keys["claims"] = dict(who.person.claims)
        if who.actor.settings:
            keys["settings"] = dict(who.actor.settings)
        self._actors[who.name] = keys
        for handle, item in self._found.items.items():
            told = item.table in self._found.worlds.switches.gates or self._found.worlds.ties[item.table].single \
                if item.table in self._found.worlds.ties else False  # fmt: skip
            if told and who.name in item.people and "#" not in handle:
                self._row(handle)
        return who.name

    # --- cases -------------------------------------------------------------------------------------------------------

    def _case(self, shown: Shown) -> list[str]:
        leak = shown.leak
        for item in leak.victims:
            self._row(item.handle)
            for table in leak.reads:
                self._row(f"{table[0]}.{table[1]}/{item.world}")
        actor = self._who(leak.who)
        expect: Any = "deny"
        if leak.through:
            expect = {"rows": 0} if leak.through.startswith("view") or leak.who.person else "deny"
        lines = [f"  - name: {json.dumps(_plain(leak), ensure_ascii=False)}"]
        if len(leak.steps) > 1:
            lines.append("    first:")
            for step in leak.steps[:-1]:
                (key, value), *_ = self._operation(step, leak)
                lines.append(f"      - {{as: {actor}, {key}: {_flow(value)}}}")
        lines += [f"    {key}: {_flow(value)}" for key, value in self._operation(leak.steps[-1], leak)]
        return [*lines, f"    by: {_flow({actor: expect})}"]

    def _operation(self, step: Step, leak: Leak) -> Iterator[tuple[str, Any]]:
        table = step.table
        if table is None or leak.through or (step.command == "SELECT" and step.item is None):
            yield "sql", self._sql(step.sql)
            return
        values = {c: self._value(table, c, v) for c, v in step.values.items()}
        target = self._table(table) + (f".{self._handle(step.item)}" if step.item is not None else "")
        match step.command:
            case "SELECT" | "DELETE":
                yield step.command.lower(), target
            case "UPDATE" if not values:
                yield "sql", self._sql(step.sql)
            case "UPDATE":
                yield "update", {target: values}
            case _:
                yield "insert", {target: values}

    def _handle(self, item: Item) -> str:
        self._row(item.handle)
        return _name(item.handle)

    def _sql(self, sql: str) -> str:
        """SQL in which keys are references."""

        def replace(match: re.Match[str]) -> str:
            value = match[1]
            if value in self._people:
                return f"{{@{self._person(value)}}}"
            for handle, item in self._found.items.items():
                if next(iter(item.row.values()), None) == value:
                    self._row(handle)
                    return f"{{@{_name(handle)}}}"
            return match[0]

        return _LITERAL.sub(replace, sql)

    def _table(self, name: Name) -> str:
        return name[1] if name[0] == "public" else f"{name[0]}.{name[1]}"


def _name(handle: str) -> str:
    """`orders_a`: the name of a row in the file, unlike any other."""
    table, _, whose = handle.partition("/")
    return re.sub(r"\W", "_", f"{table.removeprefix('public.')}_{whose}")


def _plain(leak: Leak) -> str:
    """What is not to be, in a sentence."""
    said = leak.sentence.split(", then ")[0].split("; users write")[0].split(", which ")[0]
    return said.replace(", a stranger,", "").replace(", of another tenant or none,", "").replace(",", "")


def _flow(value: Any) -> str:
    """A value in YAML's flow style. Text that could be read as something else is quoted."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if value is None:
        return "null"
    if isinstance(value, bool | int):
        return str(value).lower()
    if re.fullmatch(r"[a-z_][\w.]*", str(value), re.IGNORECASE) and str(value).lower() not in _WORDS:
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)


_WORDS: Final = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
