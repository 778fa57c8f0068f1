"""Sequences: CREATE, ALTER, those of serial and identity columns, and who owns them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

from msgspec import Struct

from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, elements, is_true, option_text, split_name, strings
from policytool.catalog.build.privileges import initial_grants
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.types import type_name
from policytool.catalog.model import Name, Sequence

Persistence = Literal["permanent", "unlogged"]

_LIMITS: Final = {
    "smallint": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}
_KNOWN: Final = frozenset(
    {"as", "cache", "cycle", "increment", "maxvalue", "minvalue", "owned_by", "sequence_name", "start", "restart",
     "logged", "unlogged"}
)  # fmt: skip


class NewSequence(Struct, frozen=True, kw_only=True):
    """A sequence that a serial or identity column asks for."""

    key: Name
    type: str
    identity: bool = False
    options: tuple[Node, ...] = ()


def create(state: State, node: Node) -> None:
    """CREATE SEQUENCE."""
    relation = node["sequence"]
    key, persistence = target(state, relation)
    if state.relation_kind(key) is not None:
        if node.get("if_not_exists"):
            return
        raise Refused("42P07", f'relation "{key[1]}" already exists')
    options = elements(node.get("options", []))
    add(state, key, _settled(state, None, options, "bigint"), state.session.role, persistence=persistence)
    _own(state, key, options)


def target(state: State, range_var: Node) -> tuple[Name, Persistence]:
    """Where a new relation goes, and whether it is unlogged. Temporary ones go to `pg_temp`."""
    schema, persistence = range_var.get("schemaname"), range_var.get("relpersistence")
    if schema == "pg_temp" or persistence == "t":
        if schema not in (None, "pg_temp"):
            raise Refused("42P16", "cannot create temporary relation in non-temporary schema")
        key = ("pg_temp", range_var["relname"])
        state.temporary.add(key)
        return key, "permanent"
    key = (state.creation_schema(schema), range_var["relname"])
    return key, "unlogged" if persistence == "u" else "permanent"


def add(state: State, key: Name, fields: dict[str, Any], owner: str, **more: Any) -> None:
    """Put a sequence into the catalog with what its creator is given on it."""
    grants = initial_grants(state, "SEQUENCES", key[0], owner)
    state.create("sequences", key, Sequence(schema=key[0], name=key[1], owner=owner, grants=grants, **fields, **more))


def add_for_column(
    state: State, new: NewSequence, table: Name, column: str, owner: str, persistence: Persistence
) -> None:
    """Make the sequence of a serial or identity column: owned by the column, and by its table's owner."""
    if state.relation_kind(new.key) is not None:
        raise Refused("42P07", f'relation "{new.key[1]}" already exists')
    fields = _settled(state, None, new.options, new.type)
    owned_by = (*table, column)
    if state.major_version < 15:
        persistence = "permanent"  # sequences could not be unlogged
    add(state, new.key, fields, owner, owned_by=owned_by, identity=new.identity, persistence=persistence)


def of_column(state: State, table: Name, column: str, *, identity: bool | None = None) -> list[Name]:
    """The sequences that a column owns; with `identity`, only those that are, or are not, of an identity column."""
    owned = state.lookup.owned.get(table, ())
    found = [key for key in owned if state.sequences[key].owned_by == (*table, column)]
    return [key for key in found if identity is None or state.sequences[key].identity is identity]


def alter(state: State, node: Node) -> None:
    """ALTER SEQUENCE, apart from its name, owner, schema and persistence."""
    relation = node["sequence"]
    found = state.find_relation(relation.get("schemaname"), relation["relname"])
    if found is None:
        if node.get("missing_ok"):
            return
        raise NotModelled(f"sequence {relation['relname']} was made by no migration", security=False)
    if found[0] != "sequences":
        raise Refused("42809", f'"{relation["relname"]}" is not a sequence')
    key, options = found[1], elements(node.get("options", []))
    change(state, key, options)
    _own(state, key, options)


def change(state: State, key: Name, options: Iterable[Node], kind: str | None = None) -> None:
    """Give a sequence new parameters, and with `kind` another type."""
    before = state.sequences[key]
    fields = _settled(state, before, options, kind)
    if any(getattr(before, name) != value for name, value in fields.items()):
        state.update("sequences", key, **fields)


def _settled(state: State, before: Sequence | None, options: Iterable[Node], kind: str | None) -> dict[str, Any]:
    """The parameters of a sequence as init_params() settles them; those not given are as before or by default."""
    given: dict[str, Node] = {}
    for option in options:
        name = option["defname"]
        if name not in _KNOWN:
            raise NotModelled(f"the sequence option {name} is not modelled", security=False)
        if name in given and name != "restart":
            raise Refused("42601", "conflicting or redundant options")
        given[name] = option
    new_type = _type(state, given["as"]) if "as" in given else kind
    fields: dict[str, Any] = {"type": new_type or (before.type if before else "bigint")}
    if fields["type"] not in _LIMITS:
        raise Refused("22023", "sequence type must be smallint, integer, or bigint")
    fields["increment"] = _number(given, "increment", before.increment if before else 1)
    fields["cycle"] = bool(is_true(given["cycle"])) if "cycle" in given else bool(before and before.cycle)
    _limits(fields, given, before)
    default = fields["minimum"] if fields["increment"] > 0 else fields["maximum"]
    fields["start"] = _number(given, "start", before.start if before else default)
    fields["cache"] = _number(given, "cache", before.cache if before else 1)
    _check(fields)
    return fields


def _limits(fields: dict[str, Any], given: dict[str, Node], before: Sequence | None) -> None:
    low, high = _LIMITS[fields["type"]]
    old_low, old_high = _LIMITS[before.type] if before else (None, None)
    retyped = before is not None and fields["type"] != before.type
    ascending = fields["increment"] > 0
    for name, limit, old, plain in (
        ("maximum", high, old_high, high if ascending else -1),
        ("minimum", low, old_low, 1 if ascending else low),
    ):
        option = given.get(f"{name[:3]}value")
        kept = getattr(before, name) if before else None
        if option is not None and "arg" in option:
            fields[name] = int(option_text(option) or 0)
        elif retyped and kept == old:
            # At the limit of the old type: it moves to that of the new one.
            fields[name] = limit
        elif option is not None or before is None:
            fields[name] = plain
        else:
            fields[name] = kept


def _check(fields: dict[str, Any]) -> None:
    low, high = _LIMITS[fields["type"]]
    for name in ("maximum", "minimum"):
        if not low <= fields[name] <= high:
            word = f"{name[:3].upper()}VALUE"
            raise Refused("22023", f"{word} ({fields[name]}) is out of range for sequence data type {fields['type']}")
    if fields["increment"] == 0:
        raise Refused("22023", "INCREMENT must not be zero")
    if fields["minimum"] >= fields["maximum"]:
        raise Refused("22023", f"MINVALUE ({fields['minimum']}) must be less than MAXVALUE ({fields['maximum']})")
    if not fields["minimum"] <= fields["start"] <= fields["maximum"]:
        raise Refused("22023", f"START value ({fields['start']}) is outside of MINVALUE and MAXVALUE")
    if fields["cache"] <= 0:
        raise Refused("22023", f"CACHE ({fields['cache']}) must be greater than zero")


def _number(given: dict[str, Node], name: str, otherwise: int) -> int:
    text = option_text(given[name]) if name in given else None
    return otherwise if text is None else int(text)


def _type(state: State, option: Node) -> str:
    return type_name(option["arg"]["TypeName"], names_of(state))


def _own(state: State, key: Name, options: Iterable[Node]) -> None:
    """OWNED BY (process_owned_by)."""
    option = next((o for o in options if o["defname"] == "owned_by"), None)
    if option is None:
        return
    parts = option["arg"]["List"]["items"]
    sequence = state.sequences[key]
    if sequence.identity:
        raise Refused("0A000", "cannot change ownership of identity sequence")
    owner = None if len(parts) == 1 else _owning_column(state, sequence, parts)
    if len(parts) == 1 and strings(parts) != ["none"]:
        raise Refused("42601", "invalid OWNED BY option")
    if owner != sequence.owned_by:
        state.update("sequences", key, owned_by=owner)


def _owning_column(state: State, sequence: Sequence, parts: list[Node]) -> tuple[str, str, str]:
    (schema, name), column = split_name(parts[:-1]), strings(parts)[-1]
    found = state.find_relation(schema, name)
    if found is None:
        raise Refused("42P01", f'relation "{name}" does not exist')
    kind, key = found
    if kind not in ("tables", "views"):
        raise Refused("42809", f'sequence cannot be owned by relation "{name}"')
    item: Any = state.store(kind)[key]  # type: ignore[arg-type]
    if item.owner != sequence.owner:
        raise Refused("55000", "sequence must have same owner as table it is linked to")
    if key[0] != sequence.schema:
        raise Refused("55000", "sequence must be in same schema as table it is linked to")
    if not getattr(item, "assumed", False) and all(c.name != column for c in item.columns):
        raise Refused("42703", f'column "{column}" of relation "{name}" does not exist')
    return (*key, column)


HANDLERS: dict[str, Handler] = {"CreateSeqStmt": create, "AlterSeqStmt": alter}
