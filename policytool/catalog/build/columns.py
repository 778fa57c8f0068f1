"""Column definitions: type, default, identity, generation, and the constraints written beside them."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.build import invent
from policytool.catalog.build.forbidden import no_column, no_subquery
from policytool.catalog.build.names import names_of
from policytool.catalog.build.new_types import collation
from policytool.catalog.build.nodes import Node, elements, split_name
from policytool.catalog.build.routines import assume_type
from policytool.catalog.build.sequences import NewSequence
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.expression.references import references
from policytool.catalog.expression.types import type_name
from policytool.catalog.model import Column, Name
from policytool.catalog.spelling import qualified

_SERIAL: Final = {
    "smallserial": "smallint", "serial2": "smallint", "serial": "integer", "serial4": "integer",
    "bigserial": "bigint", "serial8": "bigint",
}  # fmt: skip
_ATTRIBUTES: Final[dict[str, dict[str, bool]]] = {
    "CONSTR_ATTR_DEFERRABLE": {"deferrable": True},
    "CONSTR_ATTR_NOT_DEFERRABLE": {},
    "CONSTR_ATTR_DEFERRED": {"deferrable": True, "initdeferred": True},
    "CONSTR_ATTR_IMMEDIATE": {},
    "CONSTR_ATTR_ENFORCED": {"is_enforced": True},
    "CONSTR_ATTR_NOT_ENFORCED": {"is_enforced": False, "initially_valid": False},
}
_IDENTITY: Final[dict[str, Literal["ALWAYS", "BY DEFAULT"]]] = {"a": "ALWAYS", "d": "BY DEFAULT"}


class NewColumn(Struct, frozen=True, kw_only=True):
    """A column as it is written. The rest of it needs the table: sequence, expressions and constraints."""

    column: Column
    typed: bool = True  # False in CREATE TABLE … OF and PARTITION OF, where the type is given
    sequence: NewSequence | None = None
    default: Node | None = None
    generated: Node | None = None
    constraints: tuple[Node, ...] = ()  # as table constraints, in their order


def read(state: State, table: Name, node: Node) -> NewColumn:
    """A column definition; nothing is changed but types that are assumed."""
    name, type_node = node["colname"], node.get("typeName")
    integer = serial(type_node)
    spelled = integer or (spelled_type(state, type_node) if type_node else "")
    place = state.place(node.get("location", 0))
    column = Column(
        name=name,
        type=spelled,
        not_null=integer is not None,
        collation=collated(state, node),
        storage=storage(spelled, node.get("storage_name")),
        compression=_compression(node.get("compression")),
        options=tuple(
            f"{e['defname']}={e['arg']['String'].get('sval', '')}" for e in elements(node.get("fdwoptions", []))
        ),
        made=place,
        changed=place,
    )
    sequence = NewSequence(key=_sequence_name(state, table, name), type=integer) if integer else None
    new = NewColumn(column=column, typed=type_node is not None, sequence=sequence)
    return _constrained(state, table, new, attributed([c["Constraint"] for c in node.get("constraints", [])]))


def spelled_type(state: State, node: Node) -> str:
    """The spelling of a type; one that no migration made is assumed."""
    assume_type(state, node)
    return type_name(node, names_of(state))


def collated(state: State, node: Node) -> str | None:
    """The collation that a definition asks for; `"default"` is none."""
    found = collation(state, node)
    return None if found in ("default", '"default"') else found


def attributed(constraints: list[Node]) -> list[Node]:
    """The constraints of a column with what follows them (DEFERRABLE, NOT ENFORCED) put in."""
    found: list[Node] = []
    for node in constraints:
        attribute = _ATTRIBUTES.get(node["contype"])
        if attribute is None:
            found.append(node)
        elif not found or found[-1]["contype"] in ("CONSTR_DEFAULT", "CONSTR_NULL", "CONSTR_IDENTITY"):
            raise Refused("42601", "misplaced constraint attribute")
        else:
            found[-1] = found[-1] | attribute
    return found


def _constrained(state: State, table: Name, new: NewColumn, constraints: list[Node]) -> NewColumn:
    """The column with its constraints: those of the table are kept for later, with the column as their key."""
    seen: set[str] = set()
    name = new.column.name
    for node in constraints:
        kind = node["contype"]
        _compatible(kind, seen, new)
        seen.add(kind)
        match kind:
            case "CONSTR_NULL":
                continue
            case "CONSTR_NOTNULL":
                new = replace(new, column=replace(new.column, not_null=True))
            case "CONSTR_DEFAULT":
                new = replace(new, default=node["raw_expr"])
            case "CONSTR_IDENTITY":
                new = with_identity(state, table, new, node)
            case "CONSTR_GENERATED":
                new = _generated(new, node)
            case "CONSTR_PRIMARY" | "CONSTR_UNIQUE":
                new = replace(new, constraints=(*new.constraints, node | {"keys": [{"String": {"sval": name}}]}))
            case "CONSTR_FOREIGN":
                new = replace(new, constraints=(*new.constraints, node | {"fk_attrs": [{"String": {"sval": name}}]}))
            case "CONSTR_CHECK" | "CONSTR_EXCLUSION":
                new = replace(new, constraints=(*new.constraints, node))
            case other:
                raise NotModelled(f"{other} of a column is not modelled")
    return new


def _compatible(kind: str, seen: set[str], new: NewColumn) -> None:
    """Refuse what transformColumnDefinition() refuses side by side."""
    valued = ("CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED")
    if kind == "CONSTR_NULL" and (new.column.not_null or "CONSTR_IDENTITY" in seen):
        raise Refused("42601", f'conflicting NULL/NOT NULL declarations for column "{new.column.name}"')
    if kind in ("CONSTR_NOTNULL", "CONSTR_IDENTITY") and "CONSTR_NULL" in seen:
        raise Refused("42601", f'conflicting NULL/NOT NULL declarations for column "{new.column.name}"')
    if kind in valued and (new.sequence is not None or any(other in seen for other in valued)):
        raise Refused("42601", f'more than one default, identity or generation for column "{new.column.name}"')


def with_identity(state: State, table: Name, new: NewColumn, node: Node) -> NewColumn:
    """The column as GENERATED … AS IDENTITY makes it."""
    options = elements(node.get("options", []))
    named = next((o["arg"]["List"]["items"] for o in options if o["defname"] == "sequence_name"), None)
    key = _sequence_name(state, table, new.column.name)
    if named is not None:
        schema, sequence = split_name(named)
        key = (schema or table[0], sequence)
    if new.column.type not in ("smallint", "integer", "bigint", ""):
        raise Refused("22023", "identity column type must be smallint, integer, or bigint")
    sequence_type = new.column.type or "bigint"
    return replace(
        new,
        column=replace(new.column, not_null=True, identity=_IDENTITY[node.get("generated_when", "a")]),
        sequence=NewSequence(key=key, type=sequence_type, identity=True, options=tuple(options)),
    )


def identity_of(letter: str) -> Literal["ALWAYS", "BY DEFAULT"]:
    """GENERATED ALWAYS or BY DEFAULT by its letter in pg_attribute.attidentity."""
    return _IDENTITY[letter]


def _generated(new: NewColumn, node: Node) -> NewColumn:
    if node.get("generated_when", "a") != "a":
        raise Refused("42601", "for a generated column, GENERATED ALWAYS must be specified")
    stored = node.get("generated_kind", "s") != "v"
    return replace(new, column=replace(new.column, generated_stored=stored), generated=node["raw_expr"])


def serial(type_node: Node | None) -> str | None:
    """The integer type that serial and its like stand for; None for real types."""
    if type_node is None or len(type_node["names"]) != 1 or type_node.get("pct_type"):
        return None
    found = _SERIAL.get(type_node["names"][0]["String"].get("sval", ""))
    if found is not None and type_node.get("arrayBounds"):
        raise Refused("0A000", "array of serial is not implemented")
    return found


def _sequence_name(state: State, table: Name, column: str) -> Name:
    return (table[0], invent.relation_name(state, table[0], table[1], column, "seq"))


def nextval(state: State, sequence: Name) -> str:
    """The default of a serial column."""
    constant: Node = {"A_Const": {"sval": {"sval": qualified(*sequence)}}}
    regclass = {"names": [{"String": {"sval": "pg_catalog"}}, {"String": {"sval": "regclass"}}], "typemod": -1}
    call: Node = {"funcname": [{"String": {"sval": "pg_catalog"}}, {"String": {"sval": "nextval"}}]}
    call["args"] = [{"TypeCast": {"arg": constant, "typeName": regclass}}]
    return canonical({"FuncCall": call}, names_of(state), expected="bigint")


def default(state: State, node: Node | None, type_text: str) -> str | None:
    """The text of a default; a plain NULL is none (AddRelationNewConstraints)."""
    if node is None or (_is_null(state, node, type_text) and "(" not in type_text and not _is_domain(state, type_text)):
        return None
    no_subquery(node, "DEFAULT expression")
    no_column(node)
    return canonical(node, names_of(state), expected=type_text)


def _is_null(state: State, node: Node, type_text: str) -> bool:
    cast: dict[str, Any] = node.get("TypeCast", {})
    if cast and type_name(cast["typeName"], names_of(state)) == type_text:
        return _is_null(state, cast["arg"], type_text)
    constant: dict[str, Any] = node.get("A_Const", {})
    return bool(constant.get("isnull"))


def _is_domain(state: State, type_text: str) -> bool:
    return any(qualified(*key) == type_text for key in state.domains)


def generated(state: State, table: Name, node: Node, type_text: str, others: Container[str] = ()) -> str:
    """The text of a generation expression; `others` are columns that are being generated beside this one."""
    no_subquery(node, "column generation expression")
    text = canonical(node, names_of(state), table=table, expected=type_text)
    used = references(text).own_columns
    if any(c.name in used and (c.generated is not None or c.name in others) for c in state.tables[table].columns):
        raise Refused("42P17", "cannot use a generated column in a column generation expression")
    return text


# --- storage --------------------------------------------------------------------------------------------------------

_MAIN: Final = frozenset({"numeric", "inet", "cidr"})
_PLAIN: Final = frozenset(
    {"bigint", "boolean", '"char"', "date", "double precision", "integer", "money", "name", "oid", "real", "smallint",
     "uuid", "macaddr", "macaddr8", "point", "line", "lseg", "box", "circle", "xid", "xid8", "cid", "tid", "pg_lsn",
     "regclass", "regproc", "regprocedure", "regtype", "regrole", "regnamespace", "tsquery"}
)  # fmt: skip


def storage(type_text: str, word: str | None) -> str | None:
    """The storage of a column where it is not what its type has anyway."""
    if word is None or word.lower() == "default":
        return None
    return None if word.upper() == type_storage(type_text) else word.upper()


def type_storage(type_text: str) -> str:
    """The storage of the built-in types; EXTENDED for others, as nearly all of variable length have."""
    name = type_text.partition("(")[0].strip()
    if name in _MAIN:
        return "MAIN"
    if name in _PLAIN or name.split(" ")[0] in ("time", "timestamp", "interval"):
        return "PLAIN"
    return "EXTENDED"


def _compression(word: str | None) -> str | None:
    return None if word in (None, "default") else word
