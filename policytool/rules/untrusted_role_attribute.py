"""A role that anybody can act as may log in, make roles or databases, replicate, or is a superuser."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.wording import and_list, who
from policytool.catalog.model import Role
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, role_ref
from policytool.rule import CatalogRule, Context

ATTRIBUTES = {"superuser": "SUPERUSER", "createrole": "CREATEROLE", "createdb": "CREATEDB",
              "replication": "REPLICATION", "login": "LOGIN"}  # fmt: skip


class UntrustedRoleAttribute(CatalogRule):
    """A role that anybody can act as may log in, make roles or databases, replicate, or is a superuser."""

    name = "untrusted-role-attribute"
    severity = "error"
    cwe = 250

    def check(self, context: Context) -> Iterator[Finding]:
        """Client roles with an attribute; a warning where it is only LOGIN."""
        roles = (context.catalog.roles.get(name) for name in context.access.clients)
        for role in roles:
            held = [a for a in ATTRIBUTES if role is not None and getattr(role, a)]
            if role is not None and held:
                yield self.finding(
                    role_ref(role.name),
                    f"role {role.name}, as which {who(role.name)} acts, has {and_list(ATTRIBUTES[a] for a in held)}",
                    at=context.settled(role, *held),
                    severity="warning" if held == ["login"] else None,
                    fix=_fix(role, held),
                )


def _fix(role: Role, held: list[str]) -> Fix:
    words = " ".join(f"no{a}" for a in held)
    return Fix(
        sql=f"alter role {identifier(role.name)} {words};",
        safety="safe" if "login" not in held else "unsafe",
        note="let an application log in as a role of its own that may SET ROLE to it" if "login" in held else None,
    )
