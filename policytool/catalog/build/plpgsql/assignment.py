"""Values into variables: converted to their types, field by field for rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from policytool.catalog.build.names import names_of
from policytool.catalog.build.plpgsql.cast import cast
from policytool.catalog.build.plpgsql.frame import Frame
from policytool.catalog.build.plpgsql.objects import name_parts, type_oid
from policytool.catalog.build.plpgsql.parsing import type_named
from policytool.catalog.build.plpgsql.values import NotKnown, Record, Unknown, Value, unknown
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.types import type_name

Node = dict[str, Any]
_PLAIN: Final = frozenset(("text", "bool", "int4", "int8", "_text", "name", "uuid", "jsonb", "numeric"))


class Assignment:
    """What gives the variables of the running frame their values."""

    frame: Frame
    _state: State

    def assign(self, number: int, value: Value) -> None:
        """Give a variable a value, converted to its type."""
        kind, body = next(iter(self.frame.datums[number].items()))
        if kind == "PLpgSQL_recfield":
            self._assign_field(body, value)
            return
        self.frame.values[number] = self._converted(number, value)

    def _converted(self, number: int, value: Value) -> Value:
        spelled = self.frame.type_of(number)
        if spelled is None or value is None or isinstance(value, Unknown | Record):
            return value
        try:
            return cast(self._state, value, self._type_named(spelled))
        except NotKnown as error:
            return unknown(error)

    def _type_named(self, spelled: str) -> str:
        """A type as cast() knows it: %TYPE and domains looked up."""
        if spelled in _PLAIN:
            return spelled
        if spelled.lower().endswith("%type"):
            names = name_parts(spelled[: -len("%type")].strip())
            node: Node | None = {"names": [{"String": {"sval": name}} for name in names], "pct_type": True}
        else:
            node = type_named(spelled)
        if node is None:
            return spelled
        found = type_name(node, names_of(self._state))
        for _ in range(8):
            key = type_oid(self._state, found).key
            if key not in self._state.domains:
                break
            found = self._state.domains[key].type
        return found

    def _assign_field(self, body: Node, value: Value) -> None:
        record = self.frame.read(body.get("recparentno", 0))
        if not isinstance(record, Record):
            raise NotKnown(f"the field {body['fieldname']} of a record that nothing was assigned to")
        if body["fieldname"] not in record.names:
            raise Refused("42703", f'record has no field "{body["fieldname"]}"')
        values = [value if n == body["fieldname"] else v for n, v in zip(record.names, record.values, strict=True)]
        self.frame.values[body.get("recparentno", 0)] = Record(record.names, values)

    def assign_row(self, target: Node, names: Sequence[str], row: Sequence[Value] | None, reason: str = "") -> None:
        """Give the variables after INTO the values of a row; nulls for no row; Unknown where `reason` says why."""
        kind, body = next(iter(target.items()))
        if kind == "PLpgSQL_rec":
            nulls = [None] * len(names)
            value: Value = Unknown(reason) if reason else Record(tuple(names), list(row if row is not None else nulls))
            self.frame.values[body.get("dno", 0)] = value
            return
        if kind == "PLpgSQL_var":
            first = row[0] if row else None
            self.assign(self.frame.number(body["refname"]), Unknown(reason) if reason else first)
            return
        for position, field in enumerate(body["fields"]):
            value = row[position] if row is not None and position < len(row) else None
            self.assign(field.get("varno", 0), Unknown(reason) if reason else value)

    def found(self, value: Value) -> None:
        """Set FOUND."""
        for number, datum in enumerate(self.frame.datums):
            if datum.get("PLpgSQL_var", {}).get("refname") == "found":
                self.frame.values[number] = value
                return
