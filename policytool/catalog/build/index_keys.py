"""The keys of indexes: columns and expressions, their collations and operator classes."""

from __future__ import annotations

from typing import Final

from policytool.catalog.build import assume, mentions
from policytool.catalog.build.forbidden import no_subquery
from policytool.catalog.build.names import names_of
from policytool.catalog.build.new_types import collation_name
from policytool.catalog.build.nodes import Node, option_text, split_name
from policytool.catalog.build.state import Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.model import Column, IndexKey, Name
from policytool.catalog.spelling import identifier, literal, qualified

# Operator classes that are not what their type gets by itself; others are not shown (get_opclass_name in ruleutils.c).
_CHOSEN: Final = frozenset(
    {"record_image_ops", "inet_minmax_ops", "gin_trgm_ops", "gist_trgm_ops", "gin__int_ops", "gist__intbig_ops",
     "jsonb_path_ops", "kd_point_ops"}
)  # fmt: skip
_CHOSEN_ENDINGS: Final = ("_pattern_ops", "_bloom_ops", "_minmax_multi_ops", "_nd", "_3d")
_CHOSEN_BY_METHOD: Final = {
    "btree": frozenset({"cidr_ops", "varchar_ops"}),
    "hash": frozenset({"cidr_ops", "varchar_ops"}),
    "gist": frozenset({"inet_ops"}),
}
_EXTENSION: Final = {
    "gin_trgm_ops": "pg_trgm",
    "gist_trgm_ops": "pg_trgm",
    "gin__int_ops": "intarray",
    "gist__intbig_ops": "intarray",
    "citext_pattern_ops": "citext",
}
_VECTOR: Final = ("vector_", "halfvec_", "sparsevec_", "bit_hamming", "bit_jaccard")


def index_key(state: State, kind: str, key: Name, element: Node, method: str) -> IndexKey:
    """One key of an index by its IndexElem."""
    column, text, collated = element.get("name"), None, None
    if column is None:
        text = expression(state, kind, key, element["expr"])
        column = _plain(state, kind, key, text)
    if column is not None:
        text, collated = None, _column(state, kind, key, column).collation
    descending = element.get("ordering") == "SORTBY_DESC"
    nulls = element.get("nulls_ordering")
    return IndexKey(
        column=column,
        expression=text,
        collation=_collation(state, element, collated),
        opclass=opclass(state, method, element),
        descending=descending,
        nulls_first=descending if nulls in (None, "SORTBY_NULLS_DEFAULT") else nulls == "SORTBY_NULLS_FIRST",
    )


def _plain(state: State, kind: str, key: Name, text: str) -> str | None:
    """The column that an expression is, with nothing done to it."""
    found = state.store(kind)[key].columns  # type: ignore[arg-type]
    return next((c.name for c in found if identifier(c.name) == text), None)


def include(state: State, kind: str, key: Name, names: list[str]) -> tuple[str, ...]:
    """The columns of an INCLUDE clause, all of them there."""
    for name in names:
        _column(state, kind, key, name)
    return tuple(names)


def _column(state: State, kind: str, key: Name, name: str) -> Column:
    if kind == "tables":
        assume.columns(state, key, [name])
    for column in state.store(kind)[key].columns:  # type: ignore[arg-type]
        if column.name == name:
            found: Column = column
            return found
    if kind == "views":
        # What a view over assumed tables puts out is not all known.
        return Column(name=name, type=assume.UNKNOWN)
    raise Refused("42703", f'column "{name}" does not exist')


def predicate(state: State, kind: str, key: Name, node: Node | None) -> str | None:
    """The text of a WHERE clause; one that is always true is none (make_ands_implicit)."""
    text = None if node is None else expression(state, kind, key, node, "boolean")
    return None if text == "TRUE" else text


def expression(state: State, kind: str, key: Name, node: Node, expected: str | None = None) -> str:
    """The text of an expression over the columns of a relation."""
    no_subquery(node, "index predicate" if expected else "index expression")
    text = canonical(node, names_of(state), table=key, expected=expected)
    if kind == "tables":
        mentions.own_columns(state, key, text)
    return text


def _collation(state: State, element: Node, of_column: str | None) -> str | None:
    if "collation" not in element:
        return None
    text = collation_name(state, element["collation"])
    return None if text == of_column else text


def opclass(state: State, method: str, element: Node) -> str | None:
    """The operator class of an IndexElem or PartitionElem, where it is not what the type gets by itself."""
    if "opclass" not in element:
        return None
    schema, name = split_name(element["opclass"])
    options = [o["DefElem"] for o in element.get("opclassopts", [])]
    own = next((s for s in ((schema,) if schema else state.path) if ("operator class", s, name) in state.others), None)
    of_type = own is not None and state.others["operator class", own, name].definition.startswith("DEFAULT ")
    if not (_is_chosen(method, name) or options or (own is not None and not of_type)):
        return None
    schema = None if schema == "pg_catalog" else schema
    extension = _EXTENSION.get(name) or ("vector" if name.startswith(_VECTOR) else None)
    if schema is None and extension in state.extensions:
        schema = state.extensions[extension].schema
    elif schema is None:
        schema = own
    suffix = ", ".join(f"{o['defname']}={literal(option_text(o) or '')}" for o in options)
    return qualified(schema, name) + (f" ({suffix})" if suffix else "")


def _is_chosen(method: str, name: str) -> bool:
    if method in ("hnsw", "ivfflat"):
        return not (method == "ivfflat" and name == "vector_l2_ops")
    return (
        name in _CHOSEN
        or name.endswith(_CHOSEN_ENDINGS)
        or name in _CHOSEN_BY_METHOD.get(method, ())
        or not name.endswith("_ops")
    )
