"""What functions that run as their owner open to those who call them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policytool.access.arguments import Use, naming, uses, words
from policytool.access.routines import body_of
from policytool.access.row_filter import Command
from policytool.catalog.model import Function, Signature, Table, View
from policytool.syntax.node import names, range_var, walk

if TYPE_CHECKING:
    from policytool.access import Access

_WRITES: dict[str, Command] = {"InsertStmt": "INSERT", "UpdateStmt": "UPDATE", "DeleteStmt": "DELETE"}
_OPAQUE = frozenset({"TruncateStmt", "RefreshMatViewStmt", "CopyStmt", "MergeStmt"})
_SECRETS = frozenset({"token", "secret", "hash", "otp", "pin", "signature", "password", "key"})
_CODES = frozenset({"invite", "invitation", "access", "verification", "reset", "auth", "confirmation", "join", "p", ""})
_MEANT = frozenset({"public", "safe"})
_LOGS = frozenset(
    {"log", "logs", "audit", "event", "events", "analytics", "history", "activity", "activities", "views"}
)
_ANSWERS = ("boolean", "void")
_ELSEWHERE = frozenset({"net", "cron", "pgmq", "vault", "pgsodium", "supabase_functions"})  # not tables
_CONNECTS = re.compile(r"(http|dblink)(_|$)")


class Definers:
    """Answers for the SECURITY DEFINER functions of one catalog."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._touching: dict[Signature, tuple[tuple[Table, Command], ...]] = {}
        self._trusted: dict[Signature, tuple[Use, ...]] = {}

    def callers(self, function: Function) -> tuple[str, ...]:
        """The clients that can call a definer function by the API; a trigger function cannot be called at all."""
        if not function.security_definer or function.returns in ("trigger", "event_trigger"):
            return ()
        return self._access.executors(function) if self._access.profile.exposes(function.schema) else ()

    def past(self, function: Function, role: str) -> tuple[list[str], list[str]]:
        """The tables that it (writes, reads) where policies or missing grants would stop the role."""
        found = [(t, c) for t, c in self._touches(function) if self._protected(t, c, role, function)]
        written = {f"{t.schema}.{t.name}" for t, c in found if c != "SELECT"}
        return sorted(written), sorted({f"{t.schema}.{t.name}" for t, c in found if c == "SELECT"})

    def opaque(self, function: Function) -> bool:
        """Whether there is something in the body that cannot be judged: SQL made at run time, writes to the unknown."""
        body = body_of(function)
        parts = [part for q in body.queries for part in walk(q.tree)]
        unknown = any(k in _OPAQUE or (k in _WRITES and self._relation(n.get("relation")) is None) for k, n in parts)
        return not body.readable or bool(body.dynamics) or unknown

    def beyond(self, function: Function, role: str) -> bool:
        """Whether it reaches what the role may not by other ways than its own queries of tables."""
        parts = [part for tree in body_of(function).expressions for part in walk(tree)]
        calls = [node for kind, node in parts if kind == "FuncCall"]
        read = any(kind == "RangeVar" and self._closed(node, role) for kind, node in parts)
        return read or any(_acts_elsewhere(c) or self._lends(c, role) for c in calls)

    def _closed(self, range_var_: Mapping[str, Any], role: str) -> bool:
        """Whether a relation is a view that the role may not read, or one of the vault."""
        schema, name = range_var(range_var_)
        found = self._access.helpers.relation(schema, name)
        return schema == "vault" or (isinstance(found, View) and not self._access.reach(role, "SELECT", found))

    def _lends(self, call: Mapping[str, Any], role: str) -> bool:
        """Whether a function that it calls does as its owner what the role may not do, or call, itself."""
        called = self._access.helpers.find(call)
        if called is None or called.returns == "trigger":
            return False
        if called.security_definer:
            return not self._access.privileges.can_execute(role, called)
        return any(self.past(called, role))

    def writes(self, function: Function) -> bool:
        """Whether the body changes rows of any table that is known."""
        return any(command != "SELECT" for _, command in self._touches(function))

    def meant(self, function: Function, role: str) -> bool:
        """Whether the role is to call it: EXECUTE granted to it by name, a secret to tell, or a name that says so."""
        grants = self._access.privileges.grants(role, "EXECUTE", function)
        named = any(g.grantee == role != "public" and not g.by_default and not g.sweeping for g in grants)
        return named or self.takes_secret(function) or "public" in words(function.name)

    def takes_secret(self, function: Function) -> bool:
        """Whether an argument is something that only the right caller knows."""
        return any(_is_secret(words(a.name)) for a in function.arguments if a.mode == "IN" and a.name)

    def trusted(self, function: Function) -> tuple[Use, ...]:
        """How it goes by an argument that names a person or a tenant, past policies, tying nothing to the caller."""
        if function.signature not in self._trusted:
            self._trusted[function.signature] = tuple(self._trusts(function))
        return self._trusted[function.signature]

    def shows_users(self, function: Function) -> list[str]:
        """The columns of auth.users, its key aside, that clients get from it."""
        if "users" not in function.body or not self.callers(function):
            return []
        body, users = body_of(function), self._access.users
        found = [c for q in body.queries if q.returned for c in users.of_query(q.tree)]
        return list(dict.fromkeys(found + [c for value in body.returned for c in users.of_value(value)]))

    def _trusts(self, function: Function) -> Iterator[Use]:
        callers, arguments = self.callers(function), naming(function, self._access)
        if not callers or not arguments or self.takes_secret(function) or self._access.guards.of(function).ties:
            return
        if self.shows_users(function):
            return  # which is more, and told by itself
        found = [u for a in arguments for u in uses(function, a, self._access)]
        people = [r for r in callers if r != "public"] or callers  # PUBLIC itself reads nothing
        found = [u for u in found if any(self._protected(u.table, u.command, r, function) for r in people)]
        if all(u.command == "SELECT" for u in found):
            helper = self._access.helpers.in_policies(function) or _MEANT & set(words(function.name))
            if helper or function.returns in _ANSWERS or self.writes(function):
                return
        yield from found

    def severe(self, found: tuple[Use, ...]) -> bool:
        """Whether rows are changed, or made in somebody's name elsewhere than in a log."""
        return any(
            u.command in ("UPDATE", "DELETE") or (u.command == "INSERT" and not _LOGS & set(words(u.table.name)))
            for u in found
        )

    def _touches(self, function: Function) -> tuple[tuple[Table, Command], ...]:
        if function.signature not in self._touching:
            found = {(t.schema, t.name, c): (t, c) for t, c in self._tables(function)}
            self._touching[function.signature] = tuple(found.values())
        return self._touching[function.signature]

    def _tables(self, function: Function) -> Iterator[tuple[Table, Command]]:
        for tree in body_of(function).expressions:
            for kind, node in walk(tree):
                written = kind in _WRITES and "relation" in node
                name = node["relation"] if written else node if kind == "RangeVar" else None
                found = self._relation(name)
                if found is not None:
                    yield found, _WRITES[kind] if written else "SELECT"

    def _relation(self, name: Mapping[str, Any] | None) -> Table | None:
        found = self._access.helpers.relation(*range_var(name)) if name is not None else None
        return found if isinstance(found, Table) else None

    def _protected(self, table: Table, command: Command, role: str, function: Function) -> bool:
        """Whether the function's owner may do to every row what the role may not."""
        access = self._access
        if table.assumed or (table.rls_enabled and not access.exempt(function.owner, table)):
            return False
        if not table.rls_enabled and access.profile.platform == "postgres":
            return False  # there, to need no grants on tables is what such functions are for
        return access.row_filter(role, table, command).reach != "all"


def _acts_elsewhere(call: Mapping[str, Any]) -> bool:
    name = names(call.get("funcname"))
    return bool(name) and (bool(_ELSEWHERE & set(name[:-1])) or _CONNECTS.match(name[-1]) is not None)


def _is_secret(name: list[str]) -> bool:
    return bool(_SECRETS & set(name)) or (name[-1] == "code" and "".join(name[-2:-1]) in _CODES)
