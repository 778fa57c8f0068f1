"""Reads the actors of a policy test file: roles that can be acted as, claims, rows of theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from policytool.catalog.keys import primary_key
from policytool.catalog.model import Name
from policytool.testing.actors import ANON, AUTHENTICATED, SERVICE, Actor, key, person
from policytool.testing.suites.form import Form
from policytool.testing.suites.lookup import USERS, Lookup
from policytool.testing.suites.suite import Handle, Place, Ref, Value
from policytool.testing.suites.values import Values
from policytool.testing.suites.yamlfile import Mapping, Node, Scalar, nearest

KEYS: Final = ("role", "id", "claims", "settings", "row", "bypass")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_OWN: Final = ("user_id", "id", "owner_id", "profile_id", "account_id", "created_by")


class Actors:
    """The actors of one file, in two steps: first their names and rows, then, with all rows known, their claims."""

    def __init__(self, form: Form, lookup: Lookup, values: Values) -> None:
        self._form = form
        self._lookup = lookup
        self._values = values
        self._supabase = lookup.catalog.platform.startswith("supabase") or USERS in lookup.catalog.tables
        self._nodes: dict[str, dict[str, tuple[Scalar, Node]]] = {}
        self._places: dict[str, Place] = {}
        self._tables: dict[str, list[Name]] = {}
        self.meant: frozenset[str] = frozenset()
        self.users: tuple[Handle, ...] = ()

    @property
    def named(self) -> Collection[str]:
        return self._nodes.keys()

    def at(self, name: str) -> Place:
        return self._places[name]

    def declare(self, node: Node) -> None:
        """Take down who there is, and who of them has a row in auth.users."""
        for word, body in self._form.entries(node, "actors"):
            if not _NAME.match(word.text) or word.text == "others":
                self._form.problems.add(word.at, f"{word.text} cannot be an actor's name", "use letters, digits, _, -")
                continue
            self._nodes[word.text] = self._form.keys(body, KEYS, f"the actor {word.text}")
            self._places[word.text] = word.at
        self.meant = frozenset(name for name, keys in self._nodes.items() if self._is_meant(keys))
        if USERS in self._lookup.catalog.tables:
            self.users = tuple(Handle(USERS, n) for n in self._nodes if self._role(n) not in (ANON, SERVICE))

    def _is_meant(self, keys: dict[str, tuple[Scalar, Node]]) -> bool:
        role = keys["role"][1] if "role" in keys else None
        if "bypass" in keys:
            return self._form.boolean(keys["bypass"][1], "bypass")
        return isinstance(role, Scalar) and role.text == SERVICE and self._supabase

    def _role(self, name: str) -> str:
        node = self._nodes[name]["role"][1] if "role" in self._nodes[name] else None
        if isinstance(node, Scalar) and not node.null:
            return node.text
        return AUTHENTICATED if self._supabase else ""

    # --- rows -------------------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[tuple[Handle, Node, Place]]:
        """What stands under `row`: rows called as their actor."""
        for name, keys in self._nodes.items():
            for word, node in self._form.entries(keys["row"][1], "row") if "row" in keys else ():
                if table := self._lookup.table(word.text, word.at):
                    self._tables.setdefault(name, []).append(table)
                    yield Handle(table, name), node, word.at

    def person(self, name: str, actor: Actor) -> dict[str, Value]:
        """The row in auth.users that goes with the claims."""
        claims = actor.claims or {}
        given: dict[str, Value] = {"id": actor.user, "aud": "authenticated", "role": "authenticated"}
        given |= {c: str(claims[c]) for c in ("email", "phone") if claims.get(c)}
        given["is_anonymous"] = "true" if claims.get("is_anonymous") is True else "false"
        for column, claim in (("raw_app_meta_data", "app_metadata"), ("raw_user_meta_data", "user_metadata")):
            given[column] = json.dumps(claims.get(claim) or {}, separators=(",", ":"))
        columns = {column.name for column in self._lookup.catalog.tables[USERS].columns}
        return {column: value for column, value in given.items() if column in columns}

    def link(self, handle: Handle, given: Collection[str], at: Place) -> dict[str, Value]:
        """The column of an actor's own row that says whose it is, unless it is given."""
        if handle.table not in self._tables.get(handle.name, ()):
            return {}
        mine = [*self.users, *(Handle(t, handle.name) for t in self._tables[handle.name])]
        mine = [h for h in mine if h.name == handle.name and h != handle]
        table = self._lookup.catalog.tables[handle.table]
        for target in mine:
            columns = [c.name for c in table.columns for far in self._lookup.targets(handle.table, c.name)
                       if far[0] == target.table]  # fmt: skip
            columns = list(dict.fromkeys(columns))
            if columns and not set(columns) & set(given):
                best = _best(columns, primary_key(table))
                if best is None:
                    hint = f"say which of {', '.join(columns)} it is, with @{handle.name}"
                    self._form.problems.add(at, f"{handle} may be {handle.name}'s by several columns", hint)
                    return {}
                far = next(far for far in self._lookup.targets(handle.table, best) if far[0] == target.table)
                return {best: Ref(target, far[1])}
            if columns:
                return {}
        return {}

    # --- claims -----------------------------------------------------------------------------------------------------

    def read(self) -> dict[str, Actor]:
        """Everybody, with claims and settings."""
        return {name: self._actor(name, keys) for name, keys in self._nodes.items()}

    def number(self, name: str) -> str | None:
        """A person's number: `id`, else `claims.sub`, else what the name gives."""
        keys = self._nodes[name]
        if "id" in keys:
            word = self._form.word(keys["id"][1], "id")
            return word.text if word else None
        node = keys["claims"][1] if "claims" in keys else None
        for word, value in node.entries if isinstance(node, Mapping) else ():
            if word.text == "sub" and isinstance(value, Scalar):
                return value.text
        return person(name).user if self._supabase else None

    def _actor(self, name: str, keys: dict[str, tuple[Scalar, Node]]) -> Actor:
        role = self._role(name)
        self._check_role(name, role, keys["role"][1].at if "role" in keys else self._places[name])
        claims: dict[str, Any] = {}
        for word, node in self._form.entries(keys["claims"][1], "claims") if "claims" in keys else ():
            claims[word.text] = self._values.data(node)
        settings = dict(self._settings(keys["settings"][1])) if "settings" in keys else {}
        number = self.number(name)
        if number and role not in (ANON, SERVICE):
            claims.setdefault("sub", number)
        return _made(name, role, claims, settings, supabase=self._supabase, token="claims" in keys or "id" in keys)

    def _settings(self, node: Node) -> Iterator[tuple[str, str]]:
        for word, value in self._form.entries(node, "settings"):
            if not isinstance(value, Scalar) or value.null:
                self._form.problems.add(value.at, f"the setting {word.text} must be a text")
            elif value.text.startswith("@") and not value.text.startswith("@@"):
                yield word.text, self._values.early(value) or ""
            else:
                yield word.text, value.text

    def _check_role(self, name: str, role: str, at: Place) -> None:
        roles = self._lookup.catalog.roles
        mine = sorted(r for r, found in roles.items() if found.origin is None and not found.superuser)
        if not role:
            self._form.problems.add(at, f"the actor {name} has no role", nearest("", mine, "the migrations make"))
        elif role not in roles:
            known = (*mine, ANON, AUTHENTICATED, SERVICE) if self._supabase else tuple(mine)
            self._form.problems.add(at, f"there is no role {role}", nearest(role, known))
        elif roles[role].superuser:
            self._form.problems.add(at, f"{role} is a superuser, whom no policy stops", "act as somebody else")
        elif roles[role].bypassrls and name not in self.meant:
            hint = "if that is what is meant, say `bypass: true`"
            self._form.problems.add(at, f"{role} bypasses row security: every denial would fail", hint)
        elif self._supabase and "authenticator" in roles and role not in self._become():
            hint = f"no request acts as it; a migration may say `grant {role} to authenticator`"
            self._form.problems.add(at, f"authenticator cannot become {role}", hint)

    def _become(self) -> set[str]:
        """The roles that PostgREST's own may become."""
        found = {"authenticator"}
        while True:
            more = {m.role for m in self._lookup.catalog.memberships if m.member in found and m.set} - found
            if not more:
                return found
            found |= more


def _best(columns: list[str], keys: tuple[str, ...]) -> str | None:
    if len(columns) == 1:
        return columns[0]
    return next((c for c in (*(k for k in keys if len(keys) == 1), *_OWN) if c in columns), None)


def _made(
    name: str, role: str, claims: dict[str, Any], settings: dict[str, str], *, supabase: bool, token: bool
) -> Actor:
    if not supabase:
        sent = {"role": role, **claims} if token else None
        return Actor(name=name, role=role, claims=sent, settings=settings)
    if role in (ANON, SERVICE):
        base = key(role, name)
        return Actor(name=name, role=role, claims={**(base.claims or {}), **claims}, settings=settings)
    base = person(name, claims={"role": role, **claims})
    return Actor(name=name, role=role, claims=base.claims, settings=settings)
