"""GRANT and REVOKE: from the privileges that an object has to those that it should have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec import Struct

from policytool.catalog.build.acl import Acl, AclKind, Key, all_privileges
from policytool.catalog.ddl import words
from policytool.catalog.model import Grant
from policytool.catalog.spelling import identifier

NOUNS: Final[dict[AclKind, str]] = {
    "TABLES": "table",
    "SEQUENCES": "sequence",
    "FUNCTIONS": "function",
    "TYPES": "type",
    "SCHEMAS": "schema",
    "SERVERS": "foreign server",
    "WRAPPERS": "foreign data wrapper",
}


class Target(Struct, frozen=True, kw_only=True):
    """What privileges are given on: `on` is all that stands between ON and TO."""

    kind: AclKind
    on: str
    owner: str
    role: str  # who runs the statements
    major_version: int
    prefix: str = ""  # ALTER DEFAULT PRIVILEGES … stands before GRANT and REVOKE


def changes(target: Target, given: Iterable[Grant], wanted: Iterable[Grant]) -> Iterator[str]:
    """The statements, REVOKE first; those of other grantors than the owner run as them."""
    before, after = Acl(given, target.owner).entries, Acl(wanted, target.owner).entries
    gone = [key for key in before if key not in after]
    unpassed = [k for k in before if k in after and before[k].grantable and not after[k].grantable]
    for grantor in reversed(_grantors(target.owner, gone, before)):  # what was passed on goes first
        yield from _by_grantor(target, [k for k in gone if k[1] == grantor], _revoke)
    yield from _by_grantor(target, unpassed, _revoke_option)
    new = [k for k in after if k not in before or (after[k].grantable and not before[k].grantable)]
    plain, passed = [k for k in new if not after[k].grantable], [k for k in new if after[k].grantable]
    for grantor in _grantors(target.owner, new, after):
        yield from _by_grantor(target, [k for k in passed if k[1] == grantor], _grant_option)
        yield from _by_grantor(target, [k for k in plain if k[1] == grantor], _grant)


def _grantors(owner: str, keys: list[Key], after: dict[Key, Grant]) -> list[str]:
    """The grantors, each after those that it has its grant option from."""
    pending = dict.fromkeys(key[1] for key in keys)
    found = [name for name in pending if name == owner]
    while len(found) < len(pending):
        for name in pending:
            sources = {k[1] for k, g in after.items() if k[0] == name and g.grantable} & pending.keys()
            if name not in found and sources <= {*found, name}:
                found.append(name)
                break
        else:
            return [*found, *(name for name in pending if name not in found)]
    return found


Form = Callable[[Target, str, str], str]


def _revoke(target: Target, privileges: str, grantees: str) -> str:
    return f"revoke {privileges} on {target.on} from {grantees}"


def _revoke_option(target: Target, privileges: str, grantees: str) -> str:
    return f"revoke grant option for {privileges} on {target.on} from {grantees}"


def _grant(target: Target, privileges: str, grantees: str) -> str:
    return f"grant {privileges} on {target.on} to {grantees}"


def _grant_option(target: Target, privileges: str, grantees: str) -> str:
    return f"grant {privileges} on {target.on} to {grantees} with grant option"


def _by_grantor(target: Target, keys: list[Key], form: Form) -> Iterator[str]:
    for grantor in dict.fromkeys(key[1] for key in keys):
        statements = list(_grouped(target, [key for key in keys if key[1] == grantor], form))
        if grantor in (target.owner, ""):
            yield from statements
        else:
            yield f"set role {identifier(grantor)}"
            yield from statements
            yield "reset role"


def _grouped(target: Target, keys: list[Key], form: Form) -> Iterator[str]:
    """One statement for all grantees of the same privileges."""
    held: dict[str, list[Key]] = {}
    for key in keys:
        held.setdefault(key[0], []).append(key)
    grantees: dict[str, list[str]] = {}
    for grantee, own in held.items():
        grantees.setdefault(_privileges(target, own), []).append(grantee)
    for privileges, names in grantees.items():
        yield target.prefix + form(target, privileges, words.listed(names))


def _privileges(target: Target, keys: list[Key]) -> str:
    """`select, update (a, b)`; `all` where it is all of them."""
    whole = [privilege for _, _, privilege, column in keys if not column]
    columns: dict[str, list[str]] = {}
    for _, _, privilege, column in keys:
        if column:
            columns.setdefault(privilege, []).append(column)
    parts = [f"{privilege.lower()} ({words.listed(names)})" for privilege, names in columns.items()]
    everything = all_privileges(target.kind, target.major_version)
    if len(everything) > 1 and not parts and sorted(whole) == sorted(everything):
        return "all"
    return ", ".join([*map(str.lower, whole), *parts])
