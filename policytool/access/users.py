"""Which columns of auth.users a query puts out, directly or by way of views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policytool.access.rowmark import relations
from policytool.catalog.model import Name, View
from policytool.catalog.objects import Catalog
from policytool.syntax.fragments import parse_query
from policytool.syntax.node import names

Node = Mapping[str, Any]
Offers = Mapping[str, Mapping[str, str]]  # name of a source in a query → its column → that of auth.users which it shows
USERS: Name = ("auth", "users")
# Counting and asking whether there is any puts nothing out.
_SILENT = (("count",), ("bool_or",), ("bool_and",), ("every",))
_TESTS = ("NullTest", "BooleanTest", "BoolExpr")
_COMPARISONS = (("=",), ("<>",), ("<",), (">",), ("<=",), (">=",))
MAX_DEPTH = 8


class Users:
    """Answers for the views of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._views, users = catalog.views, catalog.tables.get(USERS)
        self._columns = [c.name for c in users.columns if c.name != "id"] if users is not None else []
        self._known: dict[tuple[Name, bool], dict[str, str]] = {}

    def of_view(self, view: View, *, stored: bool = False) -> dict[str, str]:
        """The columns of a view that show a column of auth.users other than its key, each with that column.

        A security_invoker view reads it as its caller, who may not; unless a materialised view `stored` what it shows.
        """
        stored = stored or view.materialized
        key = ((view.schema, view.name), stored)
        if key not in self._known:
            self._known[key] = {}  # a view cannot read itself, but a broken snapshot could say so
            reading = _Reading(self, self._columns if stored or not view.security_invoker else [], stored)
            places = [c.name for c in view.columns]
            shown = dict(reading.of_select((parse_query(view.definition) or {}).get("SelectStmt", {}), {}))
            self._known[key] = {places[n]: column for n, column in shown.items() if n < len(places)}
        return self._known[key]

    def of_query(self, tree: Node) -> list[str]:
        """The columns of auth.users other than its key that a query of a definer function puts out."""
        found = _Reading(self, self._columns, False).of_select(tree.get("SelectStmt", {}), {})
        return list(dict.fromkeys(column for _, column in found)) if self._columns else []

    def of_value(self, node: Node) -> list[str]:
        """The same of an expression that it returns."""
        return list(dict.fromkeys(_Reading(self, self._columns, False).shown(node, {}))) if self._columns else []

    def view(self, name: Name) -> View | None:
        """The view of a name."""
        return self._views.get(name)


class _Reading:
    """One query: what its sources offer, and what it puts out."""

    def __init__(self, users: Users, columns: Sequence[str], stored: bool) -> None:
        self._users, self._columns, self._stored = users, columns, stored

    def of_select(self, select: Node, outer: Offers) -> Iterator[tuple[int, str]]:
        """(place, column of auth.users) of what a query puts out."""
        if "larg" in select:
            yield from self.of_select(select["larg"], outer)
            yield from self.of_select(select.get("rarg", {}), outer)
            return
        offers = {**outer, **self._with(select, outer)}
        sources = {**offers, **self._sources(select, offers)}
        for place, target in enumerate(select.get("targetList", ())):
            value = target.get("ResTarget", {}).get("val", {})
            yield from ((place, column) for column in dict.fromkeys(self.shown(value, sources)))

    def _with(self, select: Node, outer: Offers) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for item in select.get("withClause", {}).get("ctes", ()):
            body = item["CommonTableExpr"]
            query = body.get("ctequery", {}).get("SelectStmt", {})
            found[f"with {body.get('ctename')}"] = self._named(query, {**outer, **found}, body.get("aliascolnames"))
        return found

    def _named(self, select: Node, outer: Offers, given: Any = None) -> dict[str, str]:
        """The output columns of a sub-query by name."""
        targets = select.get("targetList", ())
        labels = list(names(given)) or [_label(t.get("ResTarget", {})) for t in targets]
        return {labels[n]: c for n, c in self.of_select(select, outer) if n < len(labels)}

    def _sources(self, select: Node, outer: Offers) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for alias, schema, name in relations(select):
            if (schema, name) == USERS:
                found[alias] = {c: c for c in self._columns}
            elif schema is None and f"with {name}" in outer:
                found[alias] = dict(outer[f"with {name}"])
            elif (view := self._users.view((schema or "public", name))) is not None:
                found[alias] = self._users.of_view(view, stored=self._stored)
            else:
                found[alias] = {}
        for item in select.get("fromClause", ()):
            found.update(self._subselects(item, outer))
        return found

    def _subselects(self, item: Node, outer: Offers) -> Iterator[tuple[str, dict[str, str]]]:
        body = item.get("RangeSubselect")
        if body is not None:
            alias = body.get("alias", {})
            query = body.get("subquery", {}).get("SelectStmt", {})
            yield alias.get("aliasname", ""), self._named(query, outer, alias.get("colnames"))
        join = item.get("JoinExpr", {})
        for side in ("larg", "rarg"):
            if side in join:
                yield from self._subselects(join[side], outer)

    def shown(self, node: Any, sources: Offers) -> Iterator[str]:
        """The columns of auth.users in a value, not those that only decide about it."""
        if isinstance(node, list):
            for item in node:
                yield from self.shown(item, sources)
        if not isinstance(node, dict):
            return
        for kind, body in node.items():
            if kind == "ColumnRef":
                yield from self._column(names(body.get("fields")), sources)
            elif kind == "SubLink":
                if body.get("subLinkType") in ("EXPR_SUBLINK", "ARRAY_SUBLINK"):
                    select = body.get("subselect", {}).get("SelectStmt", {})
                    yield from (column for _, column in self.of_select(select, sources))
            elif not _decides(kind, body):
                yield from self.shown(body.get("result") if kind == "CaseWhen" else body, sources)

    def _column(self, parts: tuple[str, ...], sources: Offers) -> Iterator[str]:
        if not parts:
            return
        if parts[-1] == "*":
            wanted = [sources.get(parts[-2], {})] if len(parts) > 1 else [*sources.values()]
            yield from (column for source in wanted for column in source.values())
        elif len(parts) > 1:
            found = sources.get(parts[-2], {}).get(parts[-1])
            if found is not None:
                yield found
        elif parts[0] in sources and sources[parts[0]]:  # the whole row
            yield from sources[parts[0]].values()
        else:
            yield from (s[parts[0]] for s in sources.values() if parts[0] in s)


def _decides(kind: str, body: Any) -> bool:
    """Whether a node tells at most a yes, a no or a number of what is in it."""
    if kind == "A_Expr":
        return names(body.get("name"))[-1:] in _COMPARISONS
    return kind in _TESTS or (kind == "FuncCall" and names(body.get("funcname"))[-1:] in _SILENT)


def _label(target: Node) -> str:
    """The name of an output column: as given, else that of the column it is."""
    if "name" in target:
        return str(target["name"])
    parts = names(target.get("val", {}).get("ColumnRef", {}).get("fields"))
    return parts[-1] if parts else "?column?"
