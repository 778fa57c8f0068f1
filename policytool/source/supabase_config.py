"""The few settings of supabase/config.toml that decide what an audit means."""

import tomllib
from typing import Any

import msgspec

from policytool.source.decode import NotText, decode
from policytool.source.model import Note, ProjectConfig


class SupabaseConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says to the audit, and the order it gives to declarative schema files."""

    project: ProjectConfig
    schema_paths: tuple[str, ...] = ()


def read_config(data: bytes, path: str) -> SupabaseConfig | Note:
    """The settings, or a note that says why they cannot be read."""
    try:
        whole = tomllib.loads(decode(data)[0])
    except (tomllib.TOMLDecodeError, NotText) as error:
        return Note(path=path, message=f"{path} was not used: {str(error).lower()}")
    api, db = _table(whole, "api"), _table(whole, "db")
    version = db.get("major_version")
    expose = api.get("auto_expose_new_tables")
    anonymous = _table(whole, "auth").get("enable_anonymous_sign_ins")
    project = ProjectConfig(
        exposed_schemas=_strings(api.get("schemas")),
        major_version=version if isinstance(version, int) else None,
        auto_expose_new_tables=expose if isinstance(expose, bool) else None,
        anonymous_sign_ins=anonymous if isinstance(anonymous, bool) else None,
        path=path,
    )
    return SupabaseConfig(project=project, schema_paths=_strings(_table(db, "migrations").get("schema_paths")) or ())


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> tuple[str, ...] | None:
    return tuple(str(item) for item in value) if isinstance(value, list) else None
