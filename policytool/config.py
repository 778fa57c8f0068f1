"""Configuration: `policytool.toml`, or `[tool.policytool]` of pyproject.toml. An unknown key is an error."""

from __future__ import annotations

import datetime
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from policytool.errors import ConfigurationError

PLATFORMS = ("supabase", "supabase-explicit", "supabase-legacy", "postgres")
PlatformName = Literal["supabase", "supabase-explicit", "supabase-legacy", "postgres"]


class Ignore(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding one has decided to live with; `object` is a glob over identities or schema.name."""

    rule: str
    object: str
    reason: str
    expires: datetime.date | None = None


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a project says of itself. Each key is explained in docs/configuration.md."""

    source: str | None = None
    platform: PlatformName | None = None
    exposed_schemas: tuple[str, ...] | None = None
    owner_columns: tuple[str, ...] = ()
    tenant_columns: tuple[str, ...] = ()
    identity_expressions: tuple[str, ...] = ()
    public_tables: tuple[str, ...] = ()
    trusted_signup: bool = False
    select: tuple[str, ...] = ()
    persona: Literal["everyone", "auditor"] = "everyone"
    fail_on: Literal["error", "warning", "info", "never"] = "error"
    strict: bool = False
    max_bytes: int = 64 * 1024 * 1024
    rules: tuple[str, ...] | dict[str, dict[str, Any]] = ()  # rules of one's own; a table means options, as `rule` does
    rule: dict[str, dict[str, Any]] = field(default_factory=dict)
    ignore: tuple[Ignore, ...] = ()
    baseline: str | None = None
    tests: tuple[str, ...] = ()  # folders and files of tests, from this file's folder
    path: str | None = None  # the file it came from; not a key

    def rule_severity(self, rule: str) -> str | None:
        """The severity the project gives a rule, or `off`; None when it keeps the rule's own."""
        severity = self.options.get(rule, {}).get("severity")
        return severity if isinstance(severity, str) else None

    @property
    def options(self) -> dict[str, dict[str, Any]]:
        """What is set for single rules."""
        return {**self.rules, **self.rule} if isinstance(self.rules, dict) else self.rule

    @property
    def own_rules(self) -> tuple[str, ...]:
        """The project's own rules: patterns of Python files, and names of installed packages' entry points."""
        return () if isinstance(self.rules, dict) else self.rules

    @property
    def folder(self) -> Path:
        """What paths in the configuration start from: the folder of its file."""
        return Path(self.path).parent if self.path else Path()


def find(start: Path) -> Path | None:
    """The nearest configuration file, from `start` up to the repository's root."""
    for folder in (start, *start.parents):
        if (folder / "policytool.toml").is_file():
            return folder / "policytool.toml"
        pyproject = folder / "pyproject.toml"
        if pyproject.is_file() and "policytool" in _toml(pyproject).get("tool", {}):
            return pyproject
        if (folder / ".git").exists():
            return None
    return None


def load(path: Path | None) -> Config:
    """The configuration of a file; the defaults for None. Raises ConfigurationError with the path of the guilty key."""
    if path is None:
        return Config()
    table = _toml(path)
    if path.name == "pyproject.toml":
        table = table.get("tool", {}).get("policytool", {})
    if "path" in table:
        raise ConfigurationError(f"{path}: unknown key `path`", hint="docs/configuration.md lists the keys")
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        raise ConfigurationError(_say(path, str(error)), hint="docs/configuration.md lists the keys") from None
    _check(path, config)
    return msgspec.structs.replace(config, path=str(path))


def _toml(path: Path) -> dict[str, Any]:
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = "mend the file, or name another with --config"
        if "rules" in str(error) or re.search(r"^rules\s*=", text, re.MULTILINE):
            hint = "options of single rules stand under [rule.NAME] where `rules` lists rules of your own"
        raise ConfigurationError(f"{path}: not valid TOML: {error}", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigurationError(f"{path}: cannot be read: {reason}", hint="name another file with --config") from None


def _say(path: Path, error: str) -> str:
    """msgspec ends its messages with - at `$.key`; say the key as TOML users write it."""
    text, _, place = error.partition(" - at `$")
    where = place.strip("`.").replace("[...]", "[]")
    text = text.replace("Object contains unknown field", "unknown key")
    return f"{path}: {text[0].lower()}{text[1:]}" + (f" at `{where}`" if where else "")


def _check(path: Path, config: Config) -> None:
    for number, ignore in enumerate(config.ignore):
        if not ignore.reason.strip():
            raise ConfigurationError(
                f"{path}: `ignore[{number}].reason` is empty", hint="say why the finding is acceptable"
            )
    table = "rules" if isinstance(config.rules, dict) and config.rules else "rule"
    for rule, options in config.options.items():
        severity = options.get("severity")
        if severity is not None and severity not in ("error", "warning", "info", "off"):
            raise ConfigurationError(
                f"{path}: `{table}.{rule}.severity` is {severity!r}", hint="use error, warning, info or off"
            )
