"""Reads `cases`: statements, by whom, and what is to become of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from msgspec import structs

from policytool.catalog.model import Function, Name
from policytool.testing.actors import Actor
from policytool.testing.suites.form import Form
from policytool.testing.suites.lookup import Lookup
from policytool.testing.suites.read_tables import Tables
from policytool.testing.suites.suite import (
    Check,
    Command,
    Expect,
    Handle,
    Operation,
    Place,
    Ref,
    Row,
    Statement,
    Step,
    Value,
)
from policytool.testing.suites.values import Values
from policytool.testing.suites.yamlfile import Mapping as Table
from policytool.testing.suites.yamlfile import Node, Scalar, nearest

_DOES: Final[dict[str, Command]] = {
    "select": "SELECT", "insert": "INSERT", "update": "UPDATE", "delete": "DELETE", "call": "EXECUTE", "sql": "SQL",
}  # fmt: skip
_HOW: Final = ("returning", "on_conflict")
_WRITES: Final = ("insert", "update", "delete")
CASE: Final = ("name", "by", "seed", "first", "then", *_DOES, *_HOW)
_STEP: Final = ("as", *_DOES, *_HOW)
CHECK: Final = ("as", "select", "call", "sql", "rows", "columns", "values", "value")
_HOLE: Final = re.compile(r"\{@([^{}\s]+)\}")
Entries = Mapping[str, tuple[Scalar, Node]]


class Cases:
    """The cases of one file."""

    def __init__(self, form: Form, lookup: Lookup, values: Values, actors: Mapping[str, Actor]) -> None:
        self._form = form
        self._lookup = lookup
        self._values = values
        self._actors = actors
        self._tables = Tables(form, lookup, values, actors)

    def read(self, node: Node) -> Iterator[Statement]:
        seen: dict[str, Place] = {}
        for item in self._form.items(node, "cases"):
            found = self._form.keys(item, CASE, "a case")
            name = self._form.word(found["name"][1], "name") if "name" in found else None
            if name and name.text in seen:
                self._form.problems.add(name.at, "two cases have this name", f"see line {seen[name.text].line}")
            if name:
                seen[name.text] = name.at
            yield from self._case(item, found, name.text if name else "")

    def _case(self, item: Node, found: Entries, name: str) -> Iterator[Statement]:
        rows = tuple(self._seed(found["seed"][1])) if "seed" in found else ()
        operation = self._operation(item, found, "a case")
        if operation is None:
            return
        by = self._by(item, found)
        first = tuple(self._steps(found["first"][1])) if "first" in found else ()
        then = tuple(self._checks(found["then"][1])) if "then" in found else ()
        name = name or title(operation)
        whole = Statement(name=name, operation=operation, by=by, rows=rows, first=first, then=then, at=item.at)
        if "returning" in found and self._returning(found["returning"][1]) == "both":
            yield whole
            again = structs.replace(operation, returning=True)
            yield structs.replace(whole, name=f"{name}, returning", operation=again)
        else:
            yield whole

    def _by(self, item: Node, found: Entries) -> dict[str, tuple[Expect, Place]]:
        if "by" not in found:
            self._form.problems.add(item.at, "a case must say what is expected, by whom", "as `by: {sam: allow}`")
            return {}
        by: dict[str, tuple[Expect, Place]] = {}
        others: tuple[Expect, Place] | None = None
        for word, node in self._form.entries(found["by"][1], "by"):
            expect = self._form.expect(node)
            if word.text == "others":
                others = (expect, word.at) if expect else None
            elif (name := self._tables.actor(word)) and expect:
                by[name] = (expect, word.at)
        if others is not None:
            by |= {name: others for name in self._actors if name not in by}
        return by

    def _seed(self, node: Node) -> Iterator[Row]:
        """Rows of one case; their names are known in it, and in those after it."""
        rows: list[tuple[Handle, Node, Place]] = []
        for key, body in self._form.entries(node, "seed"):
            table = self._lookup.table(key.text, key.at)
            for name, values in self._form.entries(body, f"seed.{key.text}") if table else ():
                handle = Handle(table or ("", ""), name.text)
                if self._lookup.has(handle):
                    self._form.problems.add(name.at, f"{handle} is there already", "give it another name")
                    continue
                self._lookup.named(handle)
                rows.append((handle, values, name.at))
        for handle, values, at in rows:
            yield Row(handle=handle, given=self._tables.given(handle.table, values), at=at)

    def _steps(self, node: Node) -> Iterator[Step]:
        for item in self._form.items(node, "first"):
            found = self._form.keys(item, _STEP, "a step")
            operation = self._operation(item, found, "a step")
            if operation is not None:
                yield Step(actor=self._as(found), operation=operation, at=item.at)

    def _checks(self, node: Node) -> Iterator[Check]:
        for item in self._form.items(node, "then"):
            found = self._form.keys(item, CHECK, "a check")
            operation = self._operation(item, found, "a check")
            said = [(key, value) for name, (key, value) in found.items() if name in CHECK[4:]]
            if not said:
                self._form.problems.add(item.at, "a check must say what it finds", "as `rows: 1` or `value: paid`")
            elif operation is not None and (expect := self._form.expect(Table(tuple(said), item.at))):
                yield Check(actor=self._as(found), operation=operation, expect=expect, at=item.at)

    def _as(self, found: Entries) -> str | None:
        word = self._form.word(found["as"][1], "as") if "as" in found else None
        return self._tables.actor(word) if word else None

    # --- statements -------------------------------------------------------------------------------------------------

    def _operation(self, item: Node, found: Entries, what: str) -> Operation | None:
        does = [key for key in found if key in _DOES]
        for how in found.keys() & set(_HOW) if does and does[0] not in _WRITES else ():
            self._form.problems.add(found[how][0].at, f"{how} is for {', '.join(_WRITES)}", "leave it out")
        if len(does) != 1:
            self._form.problems.add(item.at, f"{what} does one thing", f"one of {', '.join(_DOES)}")
            return None
        command, node = _DOES[does[0]], found[does[0]][1]
        match command:
            case "SQL":
                return self._sql(node)
            case "EXECUTE":
                return self._call(node)
            case "SELECT" | "DELETE":
                word = self._form.word(node, does[0])
                operation = self._on(command, word, {}) if word else None
            case _:
                operation = self._write(command, node, does[0])
        return self._how(operation, found) if operation else None

    def _write(self, command: Command, node: Node, what: str) -> Operation | None:
        entries = list(self._form.entries(node, what))
        if len(entries) != 1:
            self._form.problems.add(node.at, f"{what} takes one table or row", "as {orders.first: {status: paid}}")
            return None
        word, values = entries[0]
        operation = self._on(command, word, {})
        if operation is None or operation.table is None:
            return None
        if command == "INSERT" and operation.handle:
            self._form.problems.add(word.at, f"{word.text} is there already", "name the table to insert into")
            return None
        given = self._tables.given(operation.table, values)
        if command == "UPDATE" and not given:
            self._form.problems.add(word.at, "an update must say what it sets")
            return None
        return structs.replace(operation, values=given)

    def _on(self, command: Command, word: Scalar, values: Mapping[str, Value]) -> Operation | None:
        """`table`, which is without a filter, or `table.row`."""
        if table := self._lookup.find_table(word.text):
            return Operation(command=command, table=table, values=values)
        head, dot, _ = word.text.rpartition(".")
        if not dot or self._lookup.find_table(head) is None:
            self._lookup.table(word.text if not dot else head, word.at)
            return None
        handle = self._lookup.row(word.text, word.at)
        return None if handle is None else Operation(command=command, table=handle.table, handle=handle, values=values)

    def _how(self, operation: Operation, found: Entries) -> Operation | None:
        returning = "returning" in found and self._returning(found["returning"][1]) == "true"
        conflict: Literal["", "nothing", "update"] = ""
        if "on_conflict" in found:
            key, node = found["on_conflict"]
            if operation.command != "INSERT":
                self._form.problems.add(key.at, "only an insert has on_conflict")
            chosen = self._form.choice(node, ("nothing", "update"), "on_conflict")
            conflict = "update" if chosen == "update" else "nothing"
        return structs.replace(operation, returning=returning, conflict=conflict)

    def _returning(self, node: Node) -> str | None:
        return self._form.choice(node, ("true", "false", "both"), "returning")

    def _sql(self, node: Node) -> Operation | None:
        word = self._form.word(node, "sql")
        if word is None:
            return None
        refs: dict[str, Ref] = {}
        for hole in dict.fromkeys(_HOLE.findall(word.text)):
            if ref := self._lookup.reference(f"@{hole}", word.at):
                refs[hole] = ref
        return Operation(command="SQL", sql=word.text.strip().rstrip(";"), refs=refs)

    def _call(self, node: Node) -> Operation | None:
        """`name`, or `{name: {argument: value}}`."""
        entries = [(node, Table((), node.at))] if isinstance(node, Scalar) else list(self._form.entries(node, "call"))
        if len(entries) != 1:
            self._form.problems.add(node.at, "call takes one function", "as {cancel_booking: {id: '@b1'}}")
            return None
        word, arguments = entries[0]
        named = {key.text: (key, value) for key, value in self._form.entries(arguments, "arguments")}
        overloads = self._lookup.functions(word.text, word.at)
        fitting = [f for f in overloads if named.keys() <= _inputs(f).keys() and _required(f) <= named.keys()]
        if not fitting:
            self._unfit(word, named, overloads)
            return None
        types = _inputs(fitting[0])
        values = {name: self._values.of_type(types[name], value) for name, (_, value) in named.items()}
        procedure = fitting[0].kind == "procedure"
        return Operation(command="EXECUTE", function=fitting[0].signature, procedure=procedure, values=values)

    def _unfit(self, word: Scalar, named: Entries, overloads: list[Function]) -> None:
        if not overloads:
            return
        known = {name for f in overloads for name in _inputs(f)}
        for name, (key, _) in named.items():
            if name not in known:
                hint = nearest(name, sorted(known), "it has") or "it has none with a name"
                self._form.problems.add(key.at, f"{word.text} has no argument {name}", hint)
                return
        missing = ", ".join(sorted(_required(overloads[0]) - named.keys()))
        self._form.problems.add(word.at, f"{word.text} cannot be called so", f"it needs {missing}" if missing else None)


def _inputs(function: Function) -> dict[str, str]:
    """Input arguments by name; those without one cannot be given."""
    return {a.name: a.type for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC") and a.name}


def _required(function: Function) -> set[str]:
    """Arguments that have no default; one without a name stands as ''."""
    return {a.name or "" for a in function.arguments if a.mode in ("IN", "INOUT") and a.default is None}


def title(operation: Operation) -> str:
    """What a statement without a name is called."""
    match operation.command:
        case "SQL":
            return " ".join(operation.sql.split())
        case "EXECUTE":
            return f"call {operation.function[1] if operation.function else ''}"
    where = str(operation.handle) if operation.handle else _named(operation.table or ("", ""))
    columns = f" ({', '.join(operation.values)})" if operation.command == "UPDATE" else ""
    return f"{operation.command.lower()} {where}{columns}"


def _named(table: Name) -> str:
    return table[1] if table[0] == "public" else ".".join(table)
