"""Constraints, indexes, policies, triggers and rules: what belongs to a table or view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from policytool.catalog.build.nodes import Node, option_text, split_name, strings
from policytool.catalog.build.rewrite import rule_definition
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.introspect.reading import Reading, by_relation, name_of
from policytool.catalog.introspect.server import Row
from policytool.catalog.introspect.texts import Expressions, changed_rows, statements
from policytool.catalog.model import Constraint, Index, IndexKey, Name, Policy, Reference, Rule, Trigger
from policytool.catalog.spelling import literal, qualified

Command = Literal["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]
Kind = Literal["PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK", "EXCLUDE"]
_CONSTRAINTS: Final[dict[str, Kind]] = {
    "p": "PRIMARY KEY",
    "u": "UNIQUE",
    "f": "FOREIGN KEY",
    "c": "CHECK",
    "x": "EXCLUDE",
}
_ACTIONS: Final = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_MATCHES: Final = {"s": "SIMPLE", "f": "FULL", "p": "PARTIAL"}
_COMMANDS: Final[dict[str, Command]] = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
_TIMING: Final[dict[int, Literal["BEFORE", "AFTER", "INSTEAD OF"]]] = {0: "AFTER", 2: "BEFORE", 64: "INSTEAD OF"}
_EVENTS: Final = ((4, "INSERT"), (16, "UPDATE"), (8, "DELETE"), (32, "TRUNCATE"))
ENABLED: Final[dict[str, Literal["ORIGIN", "DISABLED", "REPLICA", "ALWAYS"]]] = {
    "O": "ORIGIN",
    "D": "DISABLED",
    "R": "REPLICA",
    "A": "ALWAYS",
}
_RULE_EVENTS: Final = {"CMD_INSERT": "INSERT", "CMD_UPDATE": "UPDATE", "CMD_DELETE": "DELETE", "CMD_SELECT": "SELECT"}


class Parts:
    """Makes the parts of one relation after the other; all of a kind are parsed together."""

    def __init__(self, reading: Reading) -> None:
        rows = reading.rows
        self._reading, self._names = reading, reading.names
        self._constraints = by_relation(rows["constraints"])
        self._indexes = by_relation(rows["indexes"])
        self._policies = by_relation(rows["policies"])
        self._triggers = by_relation(rows["triggers"])
        self._rules = by_relation(rows["rules"])
        self._definitions = statements(r["definition"] for kind in ("indexes", "triggers", "rules") for r in rows[kind])
        texts = [row["expression"] for row in rows["constraints"]]
        texts += [row[field] for row in rows["policies"] for field in ("using", "with_check")]
        self._expressions = Expressions(reading.names, texts)

    def of_table(self, oid: int, table: Name) -> dict[str, Any]:
        """The fields of a table that hold its parts."""
        return {
            "constraints": self._made(self._constraint, self._constraints, oid, table),
            "policies": self._made(self._policy, self._policies, oid, table),
            **self.of_view(oid, table),
        }

    def of_view(self, oid: int, view: Name) -> dict[str, Any]:
        """The fields of a view that hold its parts."""
        return {
            "indexes": self._made(self._index, self._indexes, oid, view),
            "triggers": self._made(self._trigger, self._triggers, oid, view),
            "rules": self._made(self._rule, self._rules, oid, view),
        }

    def _made(
        self, make: Callable[[Row, Name], Any], rows: dict[int, list[Row]], oid: int, relation: Name
    ) -> tuple[Any, ...]:
        return tuple(make(row, relation) for row in rows.get(oid, ()))

    def _constraint(self, row: Row, table: Name) -> Constraint:
        expression = self._expressions.canonical(row["expression"], table, expected="boolean")
        return Constraint(
            columns=tuple(row["columns"]),
            reference=_reference(row),
            operators=tuple(row["operators"]) if row["kind"] == "x" else (),
            deferrable=row["deferrable"],
            deferred=row["deferred"],
            period=row["period"],
            **check(self._reading, row, expression),
        )

    def _policy(self, row: Row, table: Name) -> Policy:
        return Policy(
            name=row["name"],
            command=_COMMANDS[row["command"]],
            permissive=row["permissive"],
            roles=tuple(sorted(row["roles"])),
            using=self._expressions.canonical(row["using"], table, expected="boolean"),
            with_check=self._expressions.canonical(row["with_check"], table, expected="boolean"),
            comment=self._reading.comment("pg_policy", row["oid"]),
        )

    def _index(self, row: Row, relation: Name) -> Index:
        node = self._definitions.get(row["definition"], {}).get("IndexStmt", {})
        where = node.get("whereClause")
        return Index(
            name=row["name"],
            method=node.get("accessMethod", "btree"),
            keys=tuple(
                self._key(element["IndexElem"], relation, target)
                for element, target in zip(node.get("indexParams", ()), row["statistics"], strict=False)
            ),
            include=tuple(row["include"]),
            unique=node.get("unique", False),
            nulls_not_distinct=row["nulls_not_distinct"],
            predicate=canonical(where, self._names, relation, expected="boolean") if where else None,
            constraint=row["constraint"],
            valid=row["valid"],
            clustered=row["clustered"],
            options=tuple(row["options"] or ()),
            parent=name_of(row, "parent", "parent_schema"),
            comment=self._reading.comment("pg_class", row["oid"]),
        )

    def _key(self, element: Node, relation: Name, target: int | None) -> IndexKey:
        expression = element.get("expr")
        descending = element.get("ordering") == "SORTBY_DESC"
        nulls = element.get("nulls_ordering")
        return IndexKey(
            column=element.get("name"),
            expression=canonical(expression, self._names, relation) if expression else None,
            collation=spelled(element["collation"]) if "collation" in element else None,
            opclass=operator_class(element),
            descending=descending,
            nulls_first=descending if nulls in (None, "SORTBY_NULLS_DEFAULT") else nulls == "SORTBY_NULLS_FIRST",
            statistics=target,
        )

    def _trigger(self, row: Row, relation: Name) -> Trigger:
        node = self._definitions.get(row["definition"], {}).get("CreateTrigStmt", {})
        transition = {bool(t.get("isNew")): t["name"] for t in _transitions(node)}
        when = node.get("whenClause")
        extra = changed_rows(self._names, relation) if when else ()
        return Trigger(
            name=row["name"],
            timing=_TIMING[node.get("timing", 0)],
            events=tuple(event for bit, event in _EVENTS if node.get("events", 0) & bit),
            function=(row["function_schema"], row["function"]),
            update_columns=tuple(strings(node.get("columns", []))),
            row=node.get("row", False),
            when=canonical(when, self._names, extra=extra, expected="boolean") if when else None,
            arguments=tuple(strings(node.get("args", []))),
            old_table=transition.get(False),
            new_table=transition.get(True),
            constraint=node.get("isconstraint", False),
            deferrable=node.get("deferrable", False),
            deferred=node.get("initdeferred", False),
            references=name_of(row, "references", "references_schema"),
            enabled=ENABLED[row["enabled"]],
            inherited=row["inherited"],
            comment=self._reading.comment("pg_trigger", row["oid"]),
        )

    def _rule(self, row: Row, relation: Name) -> Rule:
        node = self._definitions.get(row["definition"], {}).get("RuleStmt", {})
        columns = changed_rows(self._names, relation)[0].columns
        return Rule(
            name=row["name"],
            event=_RULE_EVENTS.get(node.get("event", ""), ""),
            definition=rule_definition(node, self._names, columns) if node else row["definition"],
            enabled=ENABLED[row["enabled"]],
            comment=self._reading.comment("pg_rewrite", row["oid"]),
        )


def check(reading: Reading, row: Row, expression: str | None) -> dict[str, Any]:
    """The fields that constraints of tables and of domains have in common."""
    return {
        "name": row["name"],
        "kind": _CONSTRAINTS[row["kind"]],
        "expression": expression,
        "validated": row["validated"],
        "no_inherit": row["no_inherit"],
        "enforced": row["enforced"],
        "inherited": row["inherited"],
        "local": row["local"],
        "comment": reading.comment("pg_constraint", row["oid"]),
    }


def _reference(row: Row) -> Reference | None:
    if row["far_table"] is None:
        return None
    return Reference(
        schema=row["far_schema"],
        table=row["far_table"],
        columns=tuple(row["far_columns"]),
        on_delete=_ACTIONS[row["on_delete"]],
        on_update=_ACTIONS[row["on_update"]],
        delete_columns=tuple(row["delete_columns"]),
        match=_MATCHES[row["match"]],
    )


def operator_class(element: Node) -> str | None:
    """The operator class of an IndexElem or PartitionElem; a server shows it only where it is not the type's own."""
    if "opclass" not in element:
        return None
    options = [option["DefElem"] for option in element.get("opclassopts", ())]
    given = ", ".join(f"{option['defname']}={literal(option_text(option) or '')}" for option in options)
    return spelled(element["opclass"]) + (f" ({given})" if given else "")


def spelled(parts: list[Node]) -> str:
    """A qualified name, without pg_catalog."""
    schema, name = split_name(parts)
    return qualified(None if schema == "pg_catalog" else schema, name)


def _transitions(node: Node) -> list[Node]:
    return [entry["TriggerTransition"] for entry in node.get("transitionRels", [])]
