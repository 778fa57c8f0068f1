"""Access control lists: what Postgres's acl.c does, on tuples of grants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec.structs import replace

from policytool.catalog.build.state import Refused
from policytool.catalog.model import Grant
from policytool.syntax.location import Location

PUBLIC = "public"
AclKind = Literal["TABLES", "SEQUENCES", "FUNCTIONS", "TYPES", "SCHEMAS", "LARGE OBJECTS", "SERVERS", "WRAPPERS"]
COLUMN_PRIVILEGES = ("INSERT", "REFERENCES", "SELECT", "UPDATE")

_ALL: dict[str, tuple[str, ...]] = {
    "TABLES": ("DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"),
    "SEQUENCES": ("SELECT", "UPDATE", "USAGE"),
    "FUNCTIONS": ("EXECUTE",),
    "TYPES": ("USAGE",),
    "SCHEMAS": ("CREATE", "USAGE"),
    "LARGE OBJECTS": ("SELECT", "UPDATE"),
    "SERVERS": ("USAGE",),
    "WRAPPERS": ("USAGE",),
}
_TO_PUBLIC = {"FUNCTIONS": "EXECUTE", "TYPES": "USAGE"}

# An aclitem here is one privilege: grantee, grantor, privilege, and the column or "" for the whole object.
Key = tuple[str, str, str, str]


def all_privileges(kind: AclKind, major_version: int) -> tuple[str, ...]:
    """What ALL PRIVILEGES stands for on a kind of object."""
    if kind == "TABLES" and major_version >= 17:
        return (*_ALL["TABLES"], "MAINTAIN")
    return _ALL[kind]


def built_in(kind: AclKind, owner: str, major_version: int) -> tuple[Grant, ...]:
    """What Postgres gives on a new object by itself (acldefault)."""
    grants = [_given(owner, privilege, owner) for privilege in all_privileges(kind, major_version)]
    if kind in _TO_PUBLIC:
        grants.append(_given(PUBLIC, _TO_PUBLIC[kind], owner))
    return ordered(grants)


def _given(grantee: str, privilege: str, grantor: str) -> Grant:
    return Grant(grantee=grantee, privilege=privilege, grantor=grantor, by_default=True)


def ordered(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """The grants in their canonical order: grantee, privilege, the whole object before columns, grantor."""
    return tuple(sorted(grants, key=lambda g: (g.grantee, g.privilege, g.columns, g.grantor or "", g.grantable)))


class Acl:
    """The grants of one object, open for change. Each column has a list of its own, as in pg_attribute.attacl."""

    def __init__(self, grants: Iterable[Grant], owner: str) -> None:
        self.owner = owner
        self.entries: dict[Key, Grant] = {}
        for grant in grants:
            for column in grant.columns or ("",):
                self.entries[(grant.grantee, grant.grantor or owner, grant.privilege, column)] = grant

    def grants(self) -> tuple[Grant, ...]:
        """The grants again, columns of like grants together."""
        whole: list[Grant] = []
        columns: dict[tuple[str, str, str, bool], list[tuple[str, Grant]]] = {}
        for (grantee, grantor, privilege, column), grant in self.entries.items():
            if column:
                columns.setdefault((grantee, privilege, grantor, grant.grantable), []).append((column, grant))
            else:
                whole.append(grant)
        for (grantee, privilege, grantor, grantable), parts in columns.items():
            whole.append(
                Grant(
                    grantee=grantee,
                    privilege=privilege,
                    columns=tuple(sorted(name for name, _ in parts)),
                    grantor=grantor,
                    grantable=grantable,
                    by_default=all(g.by_default for _, g in parts),
                    sweeping=all(g.sweeping for _, g in parts),
                    made=parts[-1][1].made,
                )
            )
        return ordered(whole)

    def add(self, grant: Grant) -> None:
        """Put a grant in as it is, with what an equal one already gives."""
        for column in grant.columns or ("",):
            key = (grant.grantee, grant.grantor or self.owner, grant.privilege, column)
            old = self.entries.get(key)
            self.entries[key] = replace(grant, grantable=True) if old is not None and old.grantable else grant

    def grant(
        self,
        grantee: str,
        grantor: str,
        privilege: str,
        column: str = "",
        *,
        option: bool,
        sweeping: bool = False,
        made: Location | None,
    ) -> None:
        """GRANT one privilege; one that came by default is from then on this statement's."""
        if option:
            self._check_circle(grantee, grantor, privilege, column)
        key = (grantee, grantor, privilege, column)
        old = self.entries.get(key)
        option = option or (old is not None and old.grantable)
        if old is not None and not old.by_default and old.grantable == option:
            return
        columns = (column,) if column else ()
        self.entries[key] = Grant(
            grantee=grantee,
            privilege=privilege,
            columns=columns,
            grantor=grantor,
            grantable=option,
            sweeping=sweeping,
            made=made,
        )

    def revoke(
        self, grantee: str, grantor: str, privilege: str, column: str = "", *, option_only: bool, cascade: bool
    ) -> None:
        """REVOKE one privilege that this grantor gave, or only its grant option, and what hangs on that option."""
        key = (grantee, grantor, privilege, column)
        old = self.entries.get(key)
        if old is None:
            return
        if option_only:
            self.entries[key] = replace(old, grantable=False)
        else:
            del self.entries[key]
        if old.grantable:
            self._abandon(grantee, privilege, column, cascade)

    def may_grant(self, role: str, privilege: str, column: str = "") -> bool:
        """Whether a role itself holds the grant option (on the column or on the whole object)."""
        if role == self.owner:
            return True
        return any(
            grant.grantable
            for (grantee, _, held, on), grant in self.entries.items()
            if grantee == role and held == privilege and on in ("", column)
        )

    def _abandon(self, role: str, privilege: str, column: str, cascade: bool) -> None:
        if role == self.owner or self._holds_option(role, privilege, column):
            return
        for grantee, grantor, held, on in list(self.entries):
            if grantor == role and held == privilege and on == column:
                if not cascade:
                    raise Refused("2BP01", "dependent privileges exist")
                self.revoke(grantee, grantor, held, on, option_only=False, cascade=True)

    def _holds_option(self, role: str, privilege: str, column: str) -> bool:
        return any(
            grant.grantable
            for (grantee, _, held, on), grant in self.entries.items()
            if grantee == role and held == privilege and on == column
        )

    def _check_circle(self, grantee: str, grantor: str, privilege: str, column: str) -> None:
        # As in check_circularity(): without what the grantee may pass on, would the grantor still hold the option?
        if grantor == self.owner:
            return
        trial = Acl((), self.owner)
        trial.entries = {k: g for k, g in self.entries.items() if k[2] == privilege and k[3] == column}
        for key in [k for k, g in trial.entries.items() if k[0] == grantee and g.grantable]:
            trial.revoke(*key, option_only=False, cascade=True)
        if not trial._holds_option(grantor, privilege, column):
            raise Refused("0LP01", "grant options cannot be granted back to your own grantor")


def new_owner(grants: tuple[Grant, ...], old: str, new: str) -> tuple[Grant, ...]:
    """The grants after a change of owner (aclnewowner): the new one steps in as grantor and grantee."""
    if old == new:
        return grants
    acl = Acl((), new)
    for grant in grants:
        grantee = new if grant.grantee == old else grant.grantee
        grantor = new if grant.grantor in (old, None) else grant.grantor
        acl.add(replace(grant, grantee=grantee, grantor=grantor))
    return acl.grants()
