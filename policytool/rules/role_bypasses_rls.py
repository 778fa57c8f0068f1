"""A role other than the platform's own is exempt from every policy."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.profile import SUPABASE_TRUSTED
from policytool.access.wording import who
from policytool.catalog.model import Role
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, role_ref
from policytool.rule import CatalogRule, Context

# Words in the names of roles that copy or change whole databases, and have to see every row.
ERRANDS = frozenset({"migration", "migrations", "migrator", "migrate", "backup", "backups", "dump", "replication",
                     "replicator", "replica", "etl", "admin", "owner", "superuser", "root"})  # fmt: skip


class RoleBypassesRls(CatalogRule):
    """A role other than the platform's own is exempt from every policy."""

    name = "role-bypasses-rls"
    severity = "warning"
    cwe = 269

    def check(self, context: Context) -> Iterator[Finding]:
        """Roles with BYPASSRLS that somebody can act as; an error where it is a client."""
        trusted = SUPABASE_TRUSTED | context.access.profile.trusted
        for role in context.catalog.roles.values():
            client = role.name in context.access.clients
            if not role.bypassrls or role.superuser or (role.name in trusted and not client):
                continue
            if client or (role.origin is None and _used(role, trusted, context) and not _errand(role, context)):
                whom = f": {who(role.name)} reads and writes every row that it has a privilege on" if client else ""
                yield self.finding(
                    role_ref(role.name),
                    f"role {role.name} has BYPASSRLS, so no policy of any table binds it{whom}",
                    at=context.settled(role, "bypassrls"),
                    severity="error" if client else None,
                    fix=Fix(
                        sql=f"alter role {identifier(role.name)} nobypassrls;",
                        note="give it policies of its own instead, for the tables that it needs",
                    ),
                )


def _used(role: Role, trusted: frozenset[str], context: Context) -> bool:
    """Whether anybody can be the role: by logging in, or as a member."""
    members = (m.member for m in context.catalog.memberships if m.role == role.name and (m.inherit or m.set))
    return role.login or any(member not in trusted for member in members)


def _errand(role: Role, context: Context) -> bool:
    """Whether the role runs the migrations or copies the database: it owns tables, or its name says so."""
    if ERRANDS.intersection(role.name.lower().replace("-", "_").split("_")):
        return True
    return any(t.owner == role.name for t in context.catalog.tables.values())
