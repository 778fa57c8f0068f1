"""The lints of Supabase's database advisor, and which rule covers each."""

from __future__ import annotations

from msgspec import Struct

from policytool.audit.registry import all_rules

# What a lint needs to be decided: the catalog says it, or only a database that runs and has been used.
CATALOG = (
    "0001_unindexed_foreign_keys", "0002_auth_users_exposed", "0003_auth_rls_initplan", "0004_no_primary_key",
    "0006_multiple_permissive_policies", "0007_policy_exists_rls_disabled", "0008_rls_enabled_no_policy",
    "0009_duplicate_index", "0010_security_definer_view", "0011_function_search_path_mutable",
    "0012_auth_allow_anonymous_sign_ins", "0013_rls_disabled_in_public", "0014_extension_in_public",
    "0015_rls_references_user_metadata", "0016_materialized_view_in_api", "0017_foreign_table_in_api",
    "0018_unsupported_reg_types", "0019_insecure_queue_exposed_in_api", "0021_fkey_to_auth_unique",
    "0023_sensitive_columns_exposed", "0024_permissive_rls_policy", "0025_public_bucket_allows_listing",
    "0026_pg_graphql_anon_table_exposed", "0027_pg_graphql_authenticated_table_exposed",
    "0028_anon_security_definer_function_executable", "0029_authenticated_security_definer_function_executable",
)  # fmt: skip
LIVE = ("0005_unused_index", "0020_table_bloat", "0022_extension_versions_outdated")


class Lint(Struct, frozen=True, kw_only=True):
    """One lint of the advisor. `live`: only a database that runs can answer it."""

    name: str
    rules: tuple[str, ...]
    live: bool


def lints() -> tuple[Lint, ...]:
    """Every lint with the rules that cover it, by number."""
    covering: dict[str, list[str]] = {}
    for rule in all_rules():
        for name in (rule.splinter or "").split(", "):
            covering.setdefault(name, []).append(rule.name)
    return tuple(
        Lint(name=name, rules=tuple(covering.get(name, ())), live=name in LIVE) for name in sorted(CATALOG + LIVE)
    )
