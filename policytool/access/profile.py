"""Who is untrusted, what is exposed: the audited database as its clients meet it."""

from __future__ import annotations

from msgspec import Struct, field

from policytool.catalog.objects import Catalog

# Schemas that the platform manages: their objects are never subjects, and client roles need nothing in them but USAGE.
MANAGED_SCHEMAS = frozenset(
    {"auth", "storage", "realtime", "_realtime", "vault", "extensions", "graphql", "graphql_public", "pgsodium",
     "pgbouncer", "supabase_functions", "supabase_migrations", "cron", "net", "pgmq", "pgmq_public", "_analytics",
     "pg_catalog", "information_schema", "pg_toast", "pgtle", "tiger", "topology"}
)  # fmt: skip
# Not in the REST API, but their policies decide what the storage and realtime services let a client do.
SERVED_SCHEMAS = frozenset({"storage", "realtime"})
SUPABASE_TRUSTED = frozenset(
    {"postgres", "service_role", "supabase_admin", "supabase_auth_admin", "supabase_storage_admin", "dashboard_user",
     "supabase_functions_admin", "supabase_realtime_admin", "supabase_replication_admin", "supabase_read_only_user",
     "supabase_etl_admin", "cli_login_postgres", "pgbouncer", "authenticator", "pgsodium_keyholder",
     "pgsodium_keyiduser", "pgsodium_keymaker"}
)  # fmt: skip

_LATER = frozenset(
    {"approved", "reviewed", "moderated", "verified", "updated", "modified", "edited", "changed", "deleted", "removed",
     "archived", "resolved", "closed", "processed", "granted", "revoked", "rejected", "confirmed", "published",
     "locked", "banned", "blocked", "handled", "validated", "checked", "acknowledged", "cancelled", "canceled",
     "suspended", "assigned", "completed"}
)  # fmt: skip


class Conventions(Struct, frozen=True, kw_only=True):
    """What a project's configuration tells the rules about its own ways."""

    owner_columns: frozenset[str] = frozenset(
        {"user_id", "owner", "owner_id", "author_id", "creator_id", "created_by", "profile_id", "uid"}
    )
    tenant_columns: frozenset[str] = frozenset(
        {
            "tenant_id",
            "org_id",
            "organization_id",
            "organisation_id",
            "workspace_id",
            "team_id",
            "company_id",
            "account_id",
        }
    )
    public_tables: tuple[str, ...] = ()  # globs of schema.table that everyone may read
    trusted_signup: bool = False  # only staff can sign up: "any authenticated user" is a real boundary
    anonymous_sign_ins: bool | None = None  # whether one can sign in without an account; None: not known
    options: dict[str, dict[str, object]] = field(default_factory=dict)  # per rule


class Profile(Struct, frozen=True, kw_only=True):
    """How the database is reached.

    `untrusted` are the roles that anybody can act as; `anonymous` those that need no account. `exposed_schemas` None
    means that clients reach every schema they have USAGE on.
    """

    platform: str
    exposed_schemas: tuple[str, ...] | None
    untrusted: tuple[str, ...]
    anonymous: tuple[str, ...]
    authenticated: str | None
    trusted: frozenset[str]
    identity_expressions: tuple[str, ...] = ()

    def exposes(self, schema: str) -> bool:
        """Whether clients can name the objects of a schema at all."""
        if self.platform == "supabase" and schema in SERVED_SCHEMAS:
            return True
        return schema in self.exposed_schemas if self.exposed_schemas is not None else schema not in MANAGED_SCHEMAS


def make_profile(
    catalog: Catalog,
    platform: str,
    *,
    exposed_schemas: tuple[str, ...] | None = None,
    identity_expressions: tuple[str, ...] = (),
) -> Profile:
    """The profile of a catalog: on Supabase anon and authenticated are anybody's; elsewhere PUBLIC and PostgREST's."""
    clients = tuple(r for r in ("anon", "authenticated") if r in catalog.roles)
    extra = (
        tuple(r for r in ("web_anon", "anonymous", "web_user") if r in catalog.roles) if platform == "postgres" else ()
    )
    return Profile(
        platform=platform,
        exposed_schemas=exposed_schemas,
        untrusted=("public", *clients, *extra),
        anonymous=("public", *(r for r in (*clients, *extra) if r in ("anon", "web_anon", "anonymous"))),
        authenticated="authenticated" if "authenticated" in clients else None,
        trusted=SUPABASE_TRUSTED if platform == "supabase" else frozenset({"postgres"}),
        identity_expressions=identity_expressions,
    )


def later(column: str) -> bool:
    """Whether a column says by whom something was done with a row after it was made."""
    act, by, rest = column.lower().rpartition("_by")
    return bool(by) and rest in ("", "_id") and act.rpartition("_")[2] in _LATER
