"""What each provider would give on this machine: a version, a place, extensions and stand-ins for the rest."""

from __future__ import annotations

from msgspec import Struct

from policytool.errors import NoPostgres
from policytool.postgres import binaries, local
from policytool.postgres.providers import Provider, every
from policytool.postgres.standins import own_extensions, standin_names

# What migrations of public repositories ask for, most asked first (platform.md has the counts).
DEMAND = (
    *("pg_cron", "pg_net", "pgcrypto", "uuid-ossp", "pg_trgm", "vector", "pg_stat_statements", "http", "unaccent"),
    *("supabase_vault", "postgis", "pgjwt", "pg_tle", "pg_graphql", "moddatetime", "btree_gist", "citext", "wrappers"),
    *("pgsodium", "pgmq", "pg_jsonschema", "hypopg", "index_advisor", "plpgsql_check", "pgtap"),
)


class Offer(Struct, frozen=True, kw_only=True):
    """What one provider gives, or `problem` and `hint` where it gives nothing; None where only a start would tell."""

    provider: str
    version: str | None = None
    path: str | None = None
    extensions: tuple[str, ...] | None = None
    stand_ins: tuple[str, ...] | None = None
    lacking: tuple[str, ...] | None = None
    problem: str | None = None
    hint: str | None = None


def offers(major: int | None = None, address: Provider | None = None) -> tuple[Offer, ...]:
    """What every provider would give, and the server of a URL, if one is named."""
    return tuple(map(_offer, (*([address] if address else []), *every(major))))


def _offer(provider: Provider) -> Offer:
    try:
        version = provider.look()
        found = _binaries(provider)
        if found is None:
            return Offer(provider=provider.name, version=version)
        own = set(own_extensions(local.share_folder(found)))
    except NoPostgres as missing:
        return Offer(provider=provider.name, problem=missing.message, hint=missing.hint)
    made = set(standin_names()) - own
    return Offer(
        provider=provider.name,
        version=version,
        path=str(found.bin),
        extensions=tuple(name for name in DEMAND if name in own),
        stand_ins=tuple(name for name in DEMAND if name in made),
        lacking=tuple(name for name in DEMAND if name not in own | made),
    )


def _binaries(provider: Provider) -> binaries.Binaries | None:
    match provider.name:
        case "embedded":
            return binaries.embedded()
        case "local":
            return local.local(getattr(provider, "major", None))
    return None
