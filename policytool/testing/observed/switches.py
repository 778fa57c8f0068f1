"""What policies go by: claims and settings that name the person, and columns whose values open and close rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec import Struct

from policytool.access.bodies import resolve, touched
from policytool.access.claims import claim_path, setting_name
from policytool.access.memberships import gates_of
from policytool.access.routines import body_of
from policytool.access.rowmark import marked_column
from policytool.catalog.expression.references import references
from policytool.syntax.fragments import parse_query
from policytool.syntax.node import names, string_of, unwrapped, walk

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.catalog.model import Name, Table, View

Node = Mapping[str, Any]
K = TypeVar("K")
Path = tuple[str, ...]  # into the token; a setting of the project's own is ("setting", its name)
SETTING: Final = "\0setting"
_OWN: Final = frozenset({"sub", "email", "role", "aud", "phone", "aal", "session_id", "is_anonymous", "exp", "iss"})


class Switches(Struct, frozen=True, kw_only=True):
    """What decides, over all policies and the functions that they call.

    `columns`: for each table those that policies mention; `literals`: what a column is compared with; `named`: columns
    that are compared with a claim or setting, and which; `asked`: claims that are compared with constants; `gates`:
    tables that policies of other tables read, with their columns.
    """

    columns: Mapping[Name, frozenset[str]]
    literals: Mapping[tuple[Name, str], tuple[str, ...]]
    named: Mapping[tuple[Name, str], Path]
    asked: Mapping[Path, tuple[str, ...]]
    gates: Mapping[Name, frozenset[str]]
    opening: Mapping[tuple[Name, str], str]  # what a column is to be, by the first policy that says so


def switches(access: Access) -> Switches:
    """Read all policies of a catalog, and the bodies of its functions."""
    reader = _Reader(access)
    for key, table in access.catalog.tables.items():
        reader.table(key, table)
    for function in access.catalog.functions.values():
        if function.origin is None and function.returns != "trigger" and access.helpers.asks(function):
            tables = access.catalog.tables
            reads = {
                resolve(name, tables, function.schema) or resolve(name, tables) for name in touched(function).reads
            }
            for tree in body_of(function).expressions:
                reader.atoms(tree, None, reads)
    for view in access.catalog.views.values():
        if view.origin is None:
            reader.view(view)
    gates = {key: frozenset(columns) for key, columns in gates_of(access).items()}
    return Switches(
        columns={key: frozenset(found) for key, found in reader.columns.items()},
        literals={key: tuple(dict.fromkeys(found)) for key, found in reader.literals.items()},
        named=reader.named,
        asked={path: tuple(dict.fromkeys(found)) for path, found in reader.asked.items()},
        gates=gates,
        opening={**reader.opening, **reader.wanted},
    )


def joined(one: Switches, other: Switches) -> Switches:
    """What decides on either side. It is the same whichever of them comes first."""
    first, second = sorted((one, other), key=repr)
    return Switches(
        columns=_union(first.columns, second.columns),
        literals=_chain(first.literals, second.literals),
        named={**second.named, **first.named},
        asked=_chain(first.asked, second.asked),
        gates=_union(first.gates, second.gates),
        opening={**second.opening, **first.opening},
    )


def _union(one: Mapping[K, frozenset[str]], other: Mapping[K, frozenset[str]]) -> dict[K, frozenset[str]]:
    return {key: one.get(key, frozenset()) | other.get(key, frozenset()) for key in one.keys() | other.keys()}


def _chain(one: Mapping[K, tuple[str, ...]], other: Mapping[K, tuple[str, ...]]) -> dict[K, tuple[str, ...]]:
    keys = dict.fromkeys((*one, *other))
    return {key: tuple(dict.fromkeys((*one.get(key, ()), *other.get(key, ())))) for key in keys}


class _Reader:
    def __init__(self, access: Access) -> None:
        self._access = access
        self.columns: dict[Name, set[str]] = {}
        self.literals: dict[tuple[Name, str], list[str]] = {}
        self.named: dict[tuple[Name, str], Path] = {}
        self.asked: dict[Path, list[str]] = {}
        self.opening: dict[tuple[Name, str], str] = {}  # by a table's own policies
        self.wanted: dict[tuple[Name, str], str] = {}  # by policies of others, and functions

    def table(self, key: Name, table: Table) -> None:
        for policy in table.policies:
            for side in ("using", "check"):
                says = self._access.predicate(policy, "using" if side == "using" else "check", table)
                if says is None or says.node is None:
                    continue
                self.columns.setdefault(key, set()).update(says.columns)
                trees = [says.node, *(atom for branch in says.alternatives for atom in branch)]
                for tree in trees:
                    self.atoms(tree, key, references(says.text).tables)

    def view(self, view: View) -> None:
        """The columns in a view's own conditions: which rows it shows."""
        select = (parse_query(view.definition) or {}).get("SelectStmt", {})
        read = references(view.definition).tables
        self.atoms(select.get("whereClause", {}), None, read & self._access.catalog.tables.keys())
        mentioned = {
            names(body.get("fields"))[-1] for k, body in walk(select.get("whereClause", {})) if k == "ColumnRef"
        }
        for key in read & self._access.catalog.tables.keys():
            own = {c.name for c in self._access.catalog.tables[key].columns}
            self.columns.setdefault(key, set()).update(mentioned & own)

    def atoms(self, tree: Node, key: Name | None, among: Collection[Name | None] = ()) -> None:
        """The comparisons in a tree, in a policy of the table `key`, or of columns of the tables `among`."""
        for kind, body in walk(tree):
            operator = (names(body.get("name")) or ("",))[-1] if kind == "A_Expr" else ""
            if operator not in ("=", "<>"):
                continue
            left, right = body.get("lexpr", {}), body.get("rexpr", {})
            for side, other in ((left, right), (right, left)):
                self._compared(side, other, key, among, wanted=operator == "=")

    def _compared(
        self, side: Node, other: Node, key: Name | None, among: Collection[Name | None], *, wanted: bool
    ) -> None:
        path, constants = path_of(other), list(_constants(other))
        column = marked_column(side)
        if key is not None and column is not None:
            if path is not None:
                self.named.setdefault((key, column), path)
            self._noted((key, column), constants, self.opening if wanted else None)
        elif (asked := path_of(side)) is not None:
            self.asked.setdefault(asked, []).extend(constants)
        elif constants or path is not None:
            parts = names(unwrapped(side).get("ColumnRef", {}).get("fields"))
            tables = self._with(parts[-1]) if parts else ()
            for table in (t for t in tables if t in among):
                self._noted((table, parts[-1]), constants, self.wanted if wanted else None)

    def _noted(
        self, column: tuple[Name, str], constants: list[str], opening: dict[tuple[Name, str], str] | None
    ) -> None:
        self.literals.setdefault(column, []).extend(constants)
        if opening is not None and constants:
            opening.setdefault(column, constants[0])

    def _with(self, column: str) -> Iterator[Name]:
        """The user's tables that have a column: which of them a name in a sub-query means matters little here."""
        for key, table in self._access.catalog.tables.items():
            if table.origin is None and any(c.name == column for c in table.columns):
                yield key


def path_of(node: Node) -> Path | None:
    """The claim or the setting that a value is."""
    path = claim_path(node)
    if path is not None:
        return path or None
    setting = setting_name(node)
    return None if setting is None else (SETTING, setting)


def is_own(path: Path) -> bool:
    """Whether a claim says who somebody is, or how they signed in, and not what they may do."""
    return len(path) == 1 and path[0] in _OWN


def _constants(node: Node) -> Iterator[str]:
    """The strings and truth values of a constant, or of a list of them."""
    inner = unwrapped(node)
    found = string_of(inner)
    if found is not None:
        yield found
    elif "boolval" in inner.get("A_Const", {}):
        yield "true" if inner["A_Const"]["boolval"].get("boolval") else "false"
    for item in inner.get("List", {}).get("items", ()) or inner.get("A_ArrayExpr", {}).get("elements", ()):
        yield from _constants(item)
