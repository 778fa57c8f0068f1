"""What is granted to clients by name or through PUBLIC, object by object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from policytool.access.because import ORDER
from policytool.access.spelled import Owned
from policytool.access.wording import and_list
from policytool.catalog.model import Grant
from policytool.catalog.spelling import identifier

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.catalog.objects import Catalog

BYPASSING = ("TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
_ROWS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_IN_ALL = frozenset({"TRUNCATE", "REFERENCES", "TRIGGER"})  # MAINTAIN came with 17


def client_grants(item: Owned, access: Access, privileges: Iterable[str] = ()) -> tuple[Grant, ...]:
    """The grants on an object to clients, PUBLIC among them; only these privileges where some are given."""
    wanted = frozenset(privileges)
    clients = access.clients
    return tuple(g for g in item.grants if g.grantee in clients and (not wanted or g.privilege in wanted))


def by_grantee(grants: Iterable[Grant]) -> Mapping[str, tuple[Grant, ...]]:
    """The grants of each grantee."""
    found: dict[str, tuple[Grant, ...]] = {}
    for grant in grants:
        found[grant.grantee] = (*found.get(grant.grantee, ()), grant)
    return found


def has_all(grants: Iterable[Grant]) -> bool:
    """Whether the grants of one grantee on a table are those of GRANT ALL: nobody names all of these by themselves."""
    return {g.privilege for g in grants if not g.columns} >= _IN_ALL


def listed(privileges: Iterable[str]) -> tuple[str, ...]:
    """Privileges in their usual order, each once."""
    return tuple(sorted(set(privileges), key=lambda p: (ORDER.index(p) if p in ORDER else len(ORDER), p)))


def in_words(grants: Iterable[Grant]) -> str:
    """SELECT and UPDATE (a, b); ALL for all."""
    grants = tuple(grants)
    if has_all(grants) and {g.privilege for g in grants} >= _ROWS:
        return "ALL"
    columns = _columns(grants)
    said = (p if "" in columns[p] else f"{p} ({', '.join(sorted(columns[p]))})" for p in listed(columns))
    return and_list(said)


def _columns(grants: Iterable[Grant]) -> dict[str, set[str]]:
    """For each privilege the columns it is for; "" is all of them."""
    found: dict[str, set[str]] = {}
    for grant in grants:
        found.setdefault(grant.privilege, set()).update(grant.columns or ("",))
    return found


def in_sql(grants: Iterable[Grant]) -> str:
    """select, update (a, b); all for all."""
    grants = tuple(grants)
    if in_words(grants) == "ALL":
        return "all"
    columns = _columns(grants)
    return ", ".join(
        p.lower() if "" in columns[p] else f"{p.lower()} ({', '.join(map(identifier, sorted(columns[p])))})"
        for p in listed(columns)
    )


def roles_of(grants: Iterable[Grant]) -> tuple[str, ...]:
    """The grantees, PUBLIC first, each once."""
    found = {g.grantee for g in grants}
    return tuple(sorted(found, key=lambda r: (r != "public", r)))


def named(roles: Iterable[str]) -> str:
    """anon and authenticated; PUBLIC in capitals."""
    return and_list("PUBLIC" if r == "public" else r for r in roles)


def own_relations(catalog: Catalog) -> Iterator[Owned]:
    """The user's tables and views."""
    yield from (t for t in catalog.tables.values() if t.origin is None)
    yield from (v for v in catalog.views.values() if v.origin is None)
