"""Which database the migrations are for: as told, else by what the source looks like, and why."""

from __future__ import annotations

import re
from pathlib import Path

from policytool.catalog.build.platform import Platform, default_grants
from policytool.config import Config, PlatformName
from policytool.source.model import Project

DEFAULT_SCHEMAS = ("public", "graphql_public")
# What a migration says that runs behind Supabase's API. auth.users alone is any server with GoTrue.
_TELLTALE = re.compile(r"(?i)auth\.(?:uid|jwt|role)\(\)|storage\.(?:objects|buckets)|\bto\s+(?:anon|authenticated)\b")
_OWN_ROLES = re.compile(
    r"(?i)create\s+(?:role|user|schema)\s+(?:if\s+not\s+exists\s+)?\"?(?:anon|authenticated|auth)\b"
)


def choose_platform(project: Project, config: Config, named: PlatformName | None) -> Platform:
    """Which database the migrations are for: as told, else by what the source looks like, and why."""
    name, why = _platform_name(project, config, named)
    grants = default_grants(name, [file.version or "" for file in project.files])
    settings = project.config
    exposed = config.exposed_schemas or (settings.exposed_schemas if settings else None)
    if exposed is None and name != "postgres":
        exposed = DEFAULT_SCHEMAS
    return Platform(
        name=name,
        exposed_schemas=exposed or (),
        major_version=(settings.major_version if settings else None) or 17,
        anonymous_sign_ins=settings.anonymous_sign_ins if settings else None,
        why=f"{why}; {grants}" if grants else why,
    )


def _platform_name(project: Project, config: Config, named: PlatformName | None) -> tuple[PlatformName, str]:
    if named is not None:
        return named, "as --platform says"
    if config.platform is not None:
        return config.platform, configured(config)
    if project.layout.startswith("supabase"):
        return "supabase", "it is a Supabase project"
    if any(_OWN_ROLES.search(file.text) for file in project.files):
        return "postgres", "it makes the roles and schemas itself that Supabase would bring"
    for file in project.files:
        if telltale := _TELLTALE.search(file.text):
            return "supabase", f"the SQL says {' '.join(telltale[0].split())}"
    return "postgres", "nothing in it is Supabase's"


def configured(config: Config) -> str:
    return f"as {Path(config.path).name if config.path else 'the configuration'} says"
