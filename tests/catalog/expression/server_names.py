"""Names as a real server knows them: what the builder or a finished catalog would answer, read from pg_catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from policytool.catalog.expression.names import Relation
from policytool.catalog.model import Name

if TYPE_CHECKING:
    import psycopg

_USER = "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"
_RELATIONS = f"""
select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind <> 'S'
where c.relkind in ('r', 'v', 'm', 'p', 'f', 'S', 'c') and {_USER} order by c.oid, a.attnum"""
_FUNCTIONS = f"""
select n.nspname, p.proname, p.pronargs - p.pronargdefaults, p.pronargs, p.provariadic <> 0,
  array(select format_type(t, null) from unnest(p.proargtypes) with ordinality u(t, i) order by i),
  format_type(p.prorettype, null), p.proargnames,
  array(select format_type(t, null) from unnest(p.proallargtypes) with ordinality u(t, i) order by i),
  p.proargmodes::text[]
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {_USER}"""
_TYPES = f"""
select n.nspname, t.typname, t.typtype::text, format_type(t.typbasetype, t.typtypmod)
from pg_type t join pg_namespace n on n.oid = t.typnamespace where {_USER} and t.typelem = 0"""


class Call(NamedTuple):
    """A function: the types of its input arguments, what it returns, and as which columns."""

    arguments: tuple[str, ...]
    returns: str
    columns: tuple[tuple[str, str], ...]


class ServerNames:
    """The names of a database as they were when it was read."""

    def __init__(self, connection: psycopg.Connection[Any], path: tuple[str, ...] = ("public", "extensions")) -> None:
        self.path = path
        connection.execute("set search_path = ''")
        self.relations: dict[Name, list[tuple[str, str]]] = {}
        for schema, name, column, spelled in connection.execute(_RELATIONS).fetchall():
            columns = self.relations.setdefault((schema, name), [])
            if column is not None:
                columns.append((column, spelled))
        self.functions: dict[Name, list[tuple[int, float, Call]]] = {}
        for schema, name, fewest, most, variadic, *rest in connection.execute(_FUNCTIONS).fetchall():
            call = self._call(*rest[:5])
            self.functions.setdefault((schema, name), []).append((fewest, float("inf") if variadic else most, call))
        self.types: dict[Name, str | None] = {}
        for schema, name, kind, base in connection.execute(_TYPES).fetchall():
            self.types[schema, name] = base if kind == "d" else None
        connection.execute(f"set search_path = {', '.join(path)}")

    def _call(self, arguments: list[str], returns: str, names: list[str], every: list[str], modes: list[str]) -> Call:
        columns = [(n, t) for n, t, m in zip(names or (), every, modes or (), strict=False) if m in ("o", "b", "t")]
        return Call(tuple(arguments), returns, tuple(columns) if len(columns) > 1 else ())

    def relation(self, schema: str | None, name: str) -> Relation | None:
        for each in self._schemas(schema):
            if (each, name) in self.relations:
                return Relation(each, name, tuple(self.relations[each, name]))
        return None

    def function(self, schema: str | None, name: str, arity: int | None) -> Name | None:
        for each in self._schemas(schema):
            for fewest, most, _ in self.functions.get((each, name), ()):
                if arity is None or fewest <= arity <= most:
                    return each, name
        return None

    def type(self, schema: str | None, name: str) -> Name | None:
        for each in self._schemas(schema):
            if (each, name) in self.types:
                return each, name
        return None

    def result(self, function: Name, arity: int, types: Sequence[str | None] = ()) -> str | None:
        found = self._accepting(function, arity)
        return found.returns if found is not None else None

    def result_columns(self, function: Name, arity: int) -> tuple[tuple[str, str], ...]:
        found = self._accepting(function, arity)
        return found.columns if found is not None else ()

    def arguments(self, function: Name, arity: int) -> tuple[str, ...]:
        found = self._accepting(function, arity)
        return found.arguments if found is not None else ()

    def _accepting(self, function: Name, arity: int) -> Call | None:
        found = [call for fewest, most, call in self.functions.get(function, ()) if fewest <= arity <= most]
        return found[0] if len(found) == 1 else None

    def domain(self, spelled: str) -> str | None:
        schema, _, name = spelled.removesuffix("[]").partition(".")
        base = self.types.get((schema, name))
        return None if base is None else base + ("[]" if spelled.endswith("[]") else "")

    def _schemas(self, schema: str | None) -> tuple[str, ...]:
        return self.path if schema is None else (schema,)
