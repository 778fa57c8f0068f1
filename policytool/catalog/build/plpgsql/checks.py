"""Whether the names in a query mean anything: Postgres looks before it reads a single row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policytool.catalog.build.plpgsql import functions
from policytool.catalog.build.plpgsql.catalogs import catalog_table
from policytool.catalog.build.plpgsql.environment import Machine
from policytool.catalog.build.plpgsql.names_of_columns import column_name
from policytool.catalog.build.state import Refused
from policytool.syntax.node import kind_of, names

Node = dict[str, Any]
Columns = Sequence[str] | None  # None: not all known
Scope = dict[str, Columns]
_SETTLED = ("assumed", "refused")
_CLAUSES = ("targetList", "whereClause", "groupClause", "havingClause", "limitCount", "limitOffset")


class Names:
    """Checks the names of one query against the catalog, its outer queries and the variables in sight."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def query(self, node: Node, outer: Sequence[Scope] = (), ctes: Mapping[str, Columns] | None = None) -> None:
        """Raise Refused where a name means nothing, or more than one thing."""
        known = dict(ctes or {})
        for item in node.get("withClause", {}).get("ctes", ()):
            cte = item["CommonTableExpr"]
            kind, body = kind_of(cte["ctequery"])
            if kind == "SelectStmt" and not node["withClause"].get("recursive"):
                self.query(body, outer, known)
            known[cte["ctename"]] = names(cte.get("aliascolnames")) or self._outputs(cte["ctequery"], outer, known)
        for side in ("larg", "rarg"):
            if side in node:
                self.query(node[side], outer, known)
        scope: Scope = {}
        merged: set[str] = set()
        for item in node.get("fromClause", ()):
            self._from(item, scope, merged, outer, known)
        scopes = (scope, *outer)
        for clause in (*_CLAUSES, "valuesLists"):
            self._expressions(node.get(clause), scopes, merged, known, self._aliases(node, clause))
        if "op" not in node or node["op"] == "SETOP_NONE":
            self._expressions(node.get("sortClause"), scopes, merged, known, self._aliases(node, "sortClause"))

    def _aliases(self, node: Node, clause: str) -> frozenset[str]:
        """The names of output columns, which GROUP BY and ORDER BY may use."""
        if clause not in ("groupClause", "sortClause"):
            return frozenset()
        targets = (target["ResTarget"] for target in node.get("targetList", ()))
        return frozenset(target.get("name") or column_name(target["val"]) for target in targets)

    # --- FROM ---------------------------------------------------------------------------------------------------------

    def _from(
        self, item: Node, scope: Scope, merged: set[str], outer: Sequence[Scope], ctes: Mapping[str, Columns]
    ) -> None:
        kind, body = kind_of(item)
        if kind == "JoinExpr":
            self._from(body["larg"], scope, merged, outer, ctes)
            self._from(body["rarg"], scope, merged, outer, ctes)
            merged.update(names(body.get("usingClause")))
            if body.get("isNatural"):
                scope[""] = None
            self._expressions(body.get("quals"), (scope, *outer), merged, ctes, frozenset())
            return
        alias = body.get("alias", {}).get("aliasname")
        columns = self._columns(kind, body, alias, (scope, *outer), ctes)
        renamed = names(body.get("alias", {}).get("colnames"))
        if columns is not None:
            columns = (*renamed, *columns[len(renamed) :])
        scope[alias or body.get("relname") or self._function_name(body)] = columns

    def _function_name(self, body: Node) -> str:
        calls = body.get("functions", ())
        call = calls[0]["List"]["items"][0].get("FuncCall") if calls else None
        return names(call["funcname"])[-1] if call else ""

    def _columns(
        self, kind: str, body: Node, alias: str | None, scopes: Sequence[Scope], ctes: Mapping[str, Columns]
    ) -> Columns:
        if kind == "RangeVar":
            return self._relation(body, ctes)
        if kind == "RangeSubselect":
            query = body["subquery"]["SelectStmt"]
            self.query(query, scopes if body.get("lateral") else scopes[1:], ctes)
            return self._outputs(body["subquery"], scopes, ctes)
        if kind == "RangeFunction":
            self._expressions(body["functions"], scopes, set(), ctes, frozenset())
            known = functions.row_names(self._function_name(body))
            if known is None or len(body["functions"]) > 1:
                return None
            columns = known or (alias or self._function_name(body),)
            return (*columns, "ordinality") if body.get("ordinality") else columns
        return None

    def _relation(self, body: Node, ctes: Mapping[str, Columns]) -> Columns:
        schema, name = body.get("schemaname"), body["relname"]
        if schema is None and name in ctes:
            return ctes[name]
        state = self._machine.state
        table = catalog_table(state, schema, name)
        if table is not None:
            return table.columns
        found = state.find_relation(schema, name)
        if found is None or found[0] not in ("tables", "views"):
            return None
        item = state.tables.get(found[1]) or state.views[found[1]]
        # A column that something left out may have made is not missing for certain.
        if getattr(item, "assumed", False) or any(r.kind not in _SETTLED for r in state.unmodelled):
            return None
        return (*(column.name for column in item.columns), "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid")

    def _outputs(self, query: Node, scopes: Sequence[Scope], ctes: Mapping[str, Columns]) -> Columns:
        """The columns that a query puts out; None where a star stands for some that are not known."""
        kind, node = kind_of(query)
        if kind != "SelectStmt":
            return None
        if "larg" in node:
            return self._outputs({"SelectStmt": node["larg"]}, scopes, ctes)
        if "valuesLists" in node:
            return tuple(f"column{n}" for n, _ in enumerate(node["valuesLists"][0]["List"]["items"], start=1))
        found: list[str] = []
        for target in node.get("targetList", ()):
            body = target["ResTarget"]
            fields = body["val"].get("ColumnRef", {}).get("fields", ())
            if fields and "A_Star" in fields[-1]:
                return None
            found.append(body.get("name") or column_name(body["val"]))
        return tuple(found)

    # --- expressions --------------------------------------------------------------------------------------------------

    def _expressions(
        self,
        node: object,
        scopes: Sequence[Scope],
        merged: set[str],
        ctes: Mapping[str, Columns],
        aliases: frozenset[str],
    ) -> None:
        for kind, body in _parts(node):
            if kind == "ColumnRef":
                parts = names(body["fields"])
                if parts[-1] != "*" and not (len(parts) == 1 and parts[0] in aliases):
                    self._column(parts, scopes, merged)
            elif kind == "SubLink":
                self._expressions(body.get("testexpr"), scopes, merged, ctes, aliases)
                self.query(body["subselect"]["SelectStmt"], scopes, ctes)

    def _column(self, parts: Sequence[str], scopes: Sequence[Scope], merged: set[str]) -> None:
        variable = self._is_variable(parts)
        if variable and self._machine.conflict == "variable":
            return
        if len(parts) == 1:
            for scope in scopes:
                owners = [name for name, columns in scope.items() if columns is not None and parts[0] in columns]
                if len(owners) > 1 and parts[0] not in merged:
                    raise Refused("42702", f'column reference "{parts[0]}" is ambiguous')
                if owners and variable and self._machine.conflict == "error":
                    raise Refused("42702", f'column reference "{parts[0]}" is ambiguous')
                if owners or None in scope.values():
                    return
            if not variable and not any(parts[0] in scope for scope in scopes):
                raise Refused("42703", f'column "{parts[0]}" does not exist')
            return
        for scope in scopes:
            if parts[-2] in scope:
                columns = scope[parts[-2]]
                if columns is not None and parts[-1] not in columns:
                    raise Refused("42703", f"column {'.'.join(parts)} does not exist")
                return
        if not variable and not any(None in scope.values() for scope in scopes):
            raise Refused("42P01", f'missing FROM-clause entry for table "{parts[-2]}"')

    def _is_variable(self, parts: Sequence[str]) -> bool:
        return self._machine.names_variable(parts)


def _parts(node: object) -> Iterator[tuple[str, Node]]:
    """The columns and sub-queries in a tree; what is inside a sub-query is its own."""
    if isinstance(node, list):
        for item in node:
            yield from _parts(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("ColumnRef", "SubLink"):
                yield key, value
            elif isinstance(value, dict | list):
                yield from _parts(value)
