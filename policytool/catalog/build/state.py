"""The catalog under construction: stores, namespaces, the session, and a journal of every change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import msgspec
from msgspec import Struct

from policytool.catalog.build.lookup import Lookup, changed
from policytool.catalog.build.stores import TEMPORARY_KINDS, TYPE_KINDS, Kind, Stores
from policytool.catalog.model import Grant, Membership, Name, Schema, Signature
from policytool.catalog.objects import (
    Catalog,
    DefaultPrivilege,
    Unmodelled,
)
from policytool.syntax.location import Location
from policytool.syntax.statement import Statement, locate


class Refused(Exception):
    """Postgres would refuse the statement with this SQLSTATE; nothing of it has effect. `made`: what is in its way."""

    def __init__(self, sqlstate: str, message: str, *, made: Location | None = None) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.message = message
        self.made = made


class NotModelled(Exception):
    """The statement may have an effect that the model cannot say; it is recorded with its place."""

    def __init__(self, message: str, *, security: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.security = security


class Change(Struct, frozen=True):
    """One entry of the journal: what a statement did to one object. `before` or `after` is None for create and drop;
    they are the same for a REVOKE that found nothing to take away."""

    statement: int  # ordinal of the statement in the whole build; -1 is the platform
    kind: Kind
    key: Any
    before: Any
    after: Any
    old_key: Any = None  # of a rename or a move


class Mark(Struct, frozen=True):
    """A savepoint: what `rollback` goes back to."""

    journal: int
    memberships: tuple[Membership, ...]
    default_privileges: tuple[DefaultPrivilege, ...]
    session: Session


class Session:
    """What SET and SET ROLE change. Reset between files."""

    __slots__ = ("hidden", "role", "search_path", "user")

    def __init__(self, role: str, search_path: tuple[str, ...], user: str | None = None) -> None:
        self.role = role
        self.search_path = search_path
        self.user = user or role  # session_user, what RESET ROLE goes back to
        self.hidden: dict[str, Any] = {}  # what SET LOCAL hides until the transaction ends

    def copy(self) -> Session:
        """The same, apart from what happens to this one later."""
        other = Session(self.role, self.search_path, self.user)
        other.hidden = dict(self.hidden)
        return other


class State(Stores):
    """Mutable while the statements are folded; `catalog()` gives the frozen result.

    Handlers read the stores freely and change them only by `create`, `update`, `replace` and `remove`, which stamp
    places and keep the journal and the name indexes.
    """

    def __init__(self, *, role: str, search_path: tuple[str, ...], major_version: int = 17) -> None:
        super().__init__()
        self.major_version = major_version
        self.default_role = role
        self.default_search_path = search_path
        self.session = Session(role, search_path)
        self.memberships: list[Membership] = []
        self.default_privileges: list[DefaultPrivilege] = []
        self.unmodelled: list[Unmodelled] = []
        self.temporary: set[Any] = set()  # keys of temporary objects, under pg_temp
        self.overloads: dict[Name, dict[Signature, None]] = {}  # function name → its signatures
        self.lookup = Lookup()
        self.transaction: list[tuple[str, Mark]] = []  # the open BEGIN, named "", and the savepoints inside it
        self.journal: list[Change] = []
        self.origin: Literal["platform", "extension"] | None = None  # stamped on what is created now
        self.statement: Statement | None = None
        self.ordinal = -1
        self.dynamic = 0  # depth of SQL that the running statement executes (blocks): node offsets are not the file's
        self.first_version: str | None = None  # of the first migration: the platform's defaults go by it
        self.explicit = False  # the platform has stopped granting new objects to the API roles
        self.caches: dict[str, dict[Any, Any]] = {}  # derived data of handlers; cleared by `forget`

    # --- places -----------------------------------------------------------------------------------------------------

    @property
    def at(self) -> Location | None:
        """The place of the running statement; None for the platform's and extensions' own."""
        return self.statement.location if self.statement is not None and self.origin is None else None

    def place(self, start: int | None, end: int | None = None) -> Location | None:
        """The place of a node of the running statement by its byte offsets; the statement's own inside dynamic SQL."""
        if self.statement is None or self.origin is not None:
            return None
        if self.dynamic or start is None:
            return self.statement.location
        return locate(self.statement, start, end)

    # --- changing ---------------------------------------------------------------------------------------------------

    def create(self, kind: Kind, key: Any, item: Any) -> None:
        """Add a new object, stamped with the running statement and origin."""
        stamp: dict[str, Any] = {"made": self.at}
        if "changed" in item.__struct_fields__:
            stamp["changed"] = self.at
        if self.origin is not None and "origin" in item.__struct_fields__:
            stamp["origin"] = self.origin
        item = msgspec.structs.replace(item, **stamp)
        self.store(kind)[key] = item
        self._index(kind, key, None, item)
        self.journal.append(Change(self.ordinal, kind, key, None, item))

    def update(self, kind: Kind, key: Any, /, **changes: Any) -> None:
        """Change fields of an object in place, stamping `changed`."""
        before = self.store(kind)[key]
        self.replace(kind, key, msgspec.structs.replace(before, changed=self.at or before.changed, **changes))

    def replace(self, kind: Kind, key: Any, item: Any) -> None:
        """Put an already stamped object in the place of the one under the same key."""
        before = self.store(kind)[key]
        self.store(kind)[key] = item
        self._index(kind, key, before, item)
        self.journal.append(Change(self.ordinal, kind, key, before, item))

    def remove(self, kind: Kind, key: Any) -> None:
        """Take an object away. Its dependents are the caller's business (see `drop`)."""
        before = self.store(kind).pop(key)
        self._index(kind, key, before, None)
        self.journal.append(Change(self.ordinal, kind, key, before, None))

    def rekey(self, kind: Kind, old: Any, new: Any, /, **changes: Any) -> None:
        """Rename an object, or move it to another schema: same object, new key, place in the order kept as new."""
        before = self.store(kind).pop(old)
        self._index(kind, old, before, None)
        after = msgspec.structs.replace(before, changed=self.at or before.changed, **changes)
        self.store(kind)[new] = after
        self._index(kind, new, None, after)
        self.journal.append(Change(self.ordinal, kind, new, before, after, old))

    def savepoint(self) -> Mark:
        """Remember where we are."""
        return Mark(
            len(self.journal),
            tuple(self.memberships),
            tuple(self.default_privileges),
            self.session.copy(),
        )

    def rollback(self, mark: Mark) -> None:
        """Undo everything since the mark, as ROLLBACK TO SAVEPOINT does."""
        while len(self.journal) > mark.journal:
            change = self.journal.pop()
            mapping = self.store(change.kind)
            if change.after is not None:
                mapping.pop(change.key)
                self._index(change.kind, change.key, change.after, None)
            if change.before is not None:
                key = change.key if change.old_key is None else change.old_key
                mapping[key] = change.before
                self._index(change.kind, key, None, change.before)
        self.memberships[:] = mark.memberships
        self.default_privileges[:] = mark.default_privileges
        self.session = mark.session.copy()
        self.caches.clear()

    def forget(self, cache: str) -> None:
        """Drop a derived cache because what it was derived from has changed."""
        self.caches.pop(cache, None)

    def _index(self, kind: Kind, key: Any, before: Any, after: Any) -> None:
        self.lookup.apply(kind, key, before, after)
        if kind == "functions":
            names = self.overloads.setdefault((key[0], key[1]), {})
            if after is None:
                names.pop(key, None)
            else:
                names[key] = None
        elif kind in ("tables", "views"):
            old = before.indexes if before is not None else ()
            new = after.indexes if after is not None else ()
            if old is not new:
                old, new = changed(old, new)
                for index in old:
                    self.indexes.pop((key[0], index.name), None)
                for index in new:
                    self.indexes[(key[0], index.name)] = key

    # --- looking up -------------------------------------------------------------------------------------------------

    @property
    def path(self) -> tuple[str, ...]:
        """The schemas of the search_path that exist, `$user` resolved. pg_catalog and pg_temp are implicit."""
        names = (self.session.role if s == "$user" else s for s in self.session.search_path)
        return tuple(n for n in names if n in self.schemas)

    def creation_schema(self, schema: str | None) -> str:
        """Where an unqualified new object goes; an explicit schema that nobody made is assumed to exist."""
        if schema is not None:
            if schema not in self.schemas:
                self.assume_schema(schema)
            return schema
        path = self.path
        if not path:
            raise Refused("3F000", "no schema has been selected to create in")
        return path[0]

    def assume_schema(self, name: str) -> None:
        """Make a schema that a migration names and no migration made."""
        self.create("schemas", name, Schema(name=name, owner=self.session.role, grants=()))
        self.record(f"schema {name} is assumed: no migration made it", kind="assumed", security=False)

    def find_relation(self, schema: str | None, name: str) -> tuple[str, Name] | None:
        """(store, qualified name) of a relation, by the search_path when `schema` is None; temporary ones first."""
        for candidate in (schema,) if schema is not None else ("pg_temp", *self.path):
            key = (candidate, name)
            kind = self.relation_kind(key)
            if kind is not None:
                return kind, key
        return None

    def find_type(self, schema: str | None, name: str) -> tuple[str, Name] | None:
        """(store, qualified name) of a user-defined type; the row type of a table or view counts too."""
        for candidate in (schema,) if schema is not None else ("pg_temp", *self.path):
            key = (candidate, name)
            for kind in TYPE_KINDS:
                if key in self.store(kind):  # type: ignore[arg-type]
                    return kind, key
            if key in self.tables:
                return "tables", key
            if key in self.views:
                return "views", key
        return None

    def find_functions(self, schema: str | None, name: str) -> list[Signature]:
        """The signatures of all functions of a name that the search_path reaches, nearest schema first."""
        found: list[Signature] = []
        for candidate in (schema,) if schema is not None else self.path:
            found.extend(self.overloads.get((candidate, name), ()))
        return found

    # --- sessions and origins ---------------------------------------------------------------------------------------

    def reset_session(self) -> None:
        """RESET ALL and RESET ROLE, as at the start of a file; what is temporary ends with the session before."""
        for key in self.temporary:
            for kind in TEMPORARY_KINDS:
                if key in self.store(kind):
                    self.remove(kind, key)
        self.temporary.clear()
        self.transaction.clear()
        self.session = Session(self.default_role, self.default_search_path)

    @contextmanager
    def as_origin(self, origin: Literal["platform", "extension"]) -> Iterator[None]:
        """Mark what is created inside as made by the platform or by an extension."""
        before, self.origin = self.origin, origin
        try:
            yield
        finally:
            self.origin = before

    def record(self, message: str, *, kind: str, location: Location | None = None, security: bool = True) -> None:
        """Say that something of the running statement is not in the model; the platform's own SQL is not spoken of."""
        place = location or self.at
        if place is not None:
            self.unmodelled.append(Unmodelled(location=place, kind=kind, message=message, security=security))

    def grant_places(self, grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
        """The grants, stamped with the running statement."""
        return tuple(msgspec.structs.replace(g, made=self.at) for g in grants)

    def catalog(self, platform: str) -> Catalog:
        """The frozen result. Temporary relations have ended with their session."""
        plain: dict[str, Any] = {kind: dict(self.store(kind)) for kind in Kind.__args__}  # type: ignore[attr-defined]
        for kind in TEMPORARY_KINDS:
            plain[kind] = {key: item for key, item in plain[kind].items() if key[0] != "pg_temp"}
        return Catalog(
            platform=platform,
            memberships=tuple(self.memberships),
            default_privileges=tuple(self.default_privileges),
            unmodelled=tuple(self.unmodelled),
            **plain,
        )
