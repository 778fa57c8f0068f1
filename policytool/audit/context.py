"""What rules look at, made from a build and what the configuration says of the project's ways."""

from __future__ import annotations

from policytool.access import Access, Conventions, make_profile
from policytool.audit.registry import all_rules
from policytool.catalog.build import Built
from policytool.catalog.build.platform import Platform
from policytool.catalog.history import steps_of
from policytool.config import Config
from policytool.rule import Context


def context_of(built: Built, config: Config) -> Context:
    """The context of one build."""
    conventions = _conventions(config, built.platform)
    profile = make_profile(
        built.catalog,
        built.platform.family,
        exposed_schemas=built.platform.exposed_schemas or None,
        identity_expressions=config.identity_expressions,
    )
    return Context(
        catalog=built.catalog,
        access=Access(built.catalog, profile, conventions),
        conventions=conventions,
        steps=steps_of(built),
        rules=all_rules(),
    )


def _conventions(config: Config, platform: Platform) -> Conventions:
    base = Conventions()
    return Conventions(
        owner_columns=base.owner_columns | set(config.owner_columns),
        tenant_columns=base.tenant_columns | set(config.tenant_columns),
        public_tables=config.public_tables,
        trusted_signup=config.trusted_signup,
        anonymous_sign_ins=platform.anonymous_sign_ins,
        options=config.options,
    )
