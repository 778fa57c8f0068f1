"""What FROM reads: catalogs, lists of values, sub-queries, functions that return rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from policytool.catalog.build.plpgsql import expression, functions, outputs, query
from policytool.catalog.build.plpgsql.catalogs import CatalogRow, CatalogTable, catalog_table
from policytool.catalog.build.plpgsql.environment import Env, Row
from policytool.catalog.build.plpgsql.rows import ListRow, Rows
from policytool.catalog.build.plpgsql.values import NotKnown, Oid, Opaque, Some, Unknown, Value
from policytool.syntax.node import names, qualified

Node = dict[str, Any]
Found = Iterable[tuple[Row, NotKnown | None]]


class Source:
    """Something that rows are read from, under its name in the query."""

    def __init__(self, alias: str, columns: Sequence[str]) -> None:
        self.alias = alias
        self.names = columns
        self.keys: frozenset[str] = frozenset()  # columns by which it finds rows without going through all

    def rows(self, env: Env, wanted: Mapping[str, Value]) -> Found:
        """Its rows; those that lack a wanted value may be left out."""
        raise NotImplementedError


class CatalogSource(Source):
    """A system catalog or a view of one."""

    def __init__(self, alias: str, table: CatalogTable, columns: Sequence[str]) -> None:
        super().__init__(alias, columns)
        self.table = table
        self.keys = table.keys
        self._asked = False
        self._items: list[Any] | None = None
        self._indexes: dict[str, dict[Value, list[Any]]] = {}

    def rows(self, env: Env, wanted: Mapping[str, Value]) -> Found:
        state, table = env.state, self.table
        items: Iterable[Any]
        if wanted and (not self._asked or any(column in table.keys for column in wanted)):
            self._asked = True
            items = table.scan(state, wanted)
        elif wanted:
            items = self._fewest(env, wanted)
        else:
            items = self._all(env)
        for item in items:
            row = CatalogRow(state, table, self.names, item)
            yield row, row.doubt

    def _fewest(self, env: Env, wanted: Mapping[str, Value]) -> list[Any]:
        """The rows that have one of the wanted values, or may have it: by the column that leaves the fewest."""
        buckets: list[list[Any]] = []
        for column, value in wanted.items():
            index = self._index(env, column)
            buckets.append(index.get(value, []) + index.get(_LOOSE, []))
        return min(buckets, key=len)

    def _all(self, env: Env) -> list[Any]:
        if self._items is None:
            self._items = list(self.table.scan(env.state, {}))
        return self._items

    def _index(self, env: Env, column: str) -> dict[Value, list[Any]]:
        if column not in self._indexes:
            index: dict[Value, list[Any]] = {}
            for item in self._all(env):
                env.machine.step()
                index.setdefault(_key(CatalogRow(env.state, self.table, self.names, item), column), []).append(item)
            self._indexes[column] = index
        return self._indexes[column]


_LOOSE = object()


def _key(row: CatalogRow, column: str) -> Value:
    try:
        value = row.get(column)
    except NotKnown:
        return _LOOSE
    loose = isinstance(value, Unknown | Some | Opaque | tuple) or (isinstance(value, Oid) and value.of_system)
    return _LOOSE if loose else value


class ListSource(Source):
    """Rows computed once: VALUES, a sub-query, a common table expression."""

    def __init__(self, alias: str, columns: Sequence[str], rows: Rows) -> None:
        super().__init__(alias, columns)
        self._rows = rows

    def rows(self, env: Env, wanted: Mapping[str, Value]) -> Found:
        for values, doubt in self._rows:
            yield ListRow(self.names, values), doubt


class LateralSource(Source):
    """A function or a lateral sub-query: computed anew for the rows before it."""

    def __init__(self, alias: str, columns: Sequence[str], node: Node) -> None:
        super().__init__(alias, columns)
        self._node = node

    def rows(self, env: Env, wanted: Mapping[str, Value]) -> Found:
        if "subquery" in self._node:
            for values, doubt in query.run(self._node["subquery"]["SelectStmt"], env):
                yield ListRow(self.names, values), doubt
            return
        for values, doubt in _function_rows(self._node, env):
            yield ListRow(self.names, values), doubt


def source_of(item: Node, env: Env) -> Source:
    """The source that an item of FROM is; joins are not here."""
    if "RangeVar" in item:
        return _relation(item["RangeVar"], env)
    if "RangeSubselect" in item:
        return _subselect(item["RangeSubselect"], env)
    if "RangeFunction" in item:
        return _function(item["RangeFunction"], env)
    raise NotKnown("what a query reads from")


def _relation(node: Node, env: Env) -> Source:
    schema, name = node.get("schemaname"), node["relname"]
    alias = node.get("alias", {}).get("aliasname", name)
    renamed = names(node.get("alias", {}).get("colnames"))
    if schema is None and name in env.ctes:
        rows = env.ctes[name]
        rows.check()
        return ListSource(alias, _renamed(rows.names, renamed), rows)
    table = catalog_table(env.state, schema, name)
    if table is not None:
        if renamed:
            raise NotKnown("a catalog whose columns are renamed")
        return CatalogSource(alias, table, table.columns)
    found = env.state.find_relation(schema, name)
    if found is not None and found[1][0] == "pg_temp" and name in env.machine.temporary:
        rows = env.machine.temporary[name]
        return ListSource(alias, _renamed(rows.names, renamed), rows)
    if found is None:
        env.machine.missing("42P01", f'relation "{name}" does not exist')
    raise NotKnown(f"the rows of {name} are not in the catalog")


def _subselect(node: Node, env: Env) -> Source:
    select = node["subquery"]["SelectStmt"]
    alias = node.get("alias", {}).get("aliasname", "unnamed_subquery")
    renamed = names(node.get("alias", {}).get("colnames"))
    if node.get("lateral"):
        return LateralSource(
            alias, _renamed(outputs.output_names(select, env), renamed), {"subquery": node["subquery"]}
        )
    rows = query.run(select, env)
    return ListSource(alias, _renamed(rows.names, renamed), rows)


def _function(node: Node, env: Env) -> Source:
    calls = node["functions"]
    if len(calls) != 1 or node.get("coldeflist"):
        raise NotKnown("ROWS FROM")
    call = calls[0]["List"]["items"][0]
    if "FuncCall" not in call:
        raise NotKnown("an expression in FROM")
    _, name = qualified(call["FuncCall"]["funcname"])
    alias = node.get("alias", {}).get("aliasname", name)
    renamed = names(node.get("alias", {}).get("colnames"))
    columns = functions.row_names(name) or (alias,)
    if node.get("ordinality"):
        columns = (*columns, "ordinality")
    return LateralSource(alias, _renamed(columns, renamed), call | {"ordinality": node.get("ordinality", False)})


def _function_rows(node: Node, env: Env) -> Iterator[tuple[list[Value], NotKnown | None]]:
    for position, (values, doubt) in enumerate(functions.rows(node["FuncCall"], env, expression.evaluate), start=1):
        yield ([*values, position] if node["ordinality"] else values), doubt


def _renamed(columns: Sequence[str], renamed: Sequence[str]) -> tuple[str, ...]:
    return (*renamed, *columns[len(renamed) :])


def common_names(left: Sequence[Source], right: Sequence[Source]) -> tuple[str, ...]:
    """The columns that NATURAL joins on."""
    known = {name for source in left for name in source.names}
    return tuple(name for source in right for name in source.names if name in known)
