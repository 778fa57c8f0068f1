"""A finished audit with what its reports need: the source, the platform, the findings."""

from __future__ import annotations

import functools

from msgspec import Struct

from policytool.audit.run import AuditResult
from policytool.catalog.build.platform import Platform
from policytool.source.model import Project, all_files
from policytool.syntax.secrets import masked


class SinceUse(Struct, frozen=True, kw_only=True):
    """Since when an audit reports: the merge base with `ref`, and the files that are new or edited since."""

    ref: str
    commit: str
    added: tuple[str, ...]
    changed: tuple[str, ...]


class BaselineUse(Struct, frozen=True, kw_only=True):
    """The baseline that was used, how many of its findings have changed and are shown, how many are not found."""

    path: str
    changed: int
    gone: int


class Audit(Struct, frozen=True, kw_only=True, dict=True):
    """What the report formats are given."""

    project: Project
    platform: Platform
    result: AuditResult
    statements: int
    since: SinceUse | None = None
    baseline: BaselineUse | None = None
    rules_left_out: bool = False  # the configuration names rules that were not allowed to run

    @functools.cached_property
    def texts(self) -> dict[str, str]:
        """The text of each file by its path, for excerpts."""
        return {file.path: file.text for file in all_files(self.project.files)}

    @functools.cached_property
    def _masked(self) -> dict[str, str]:
        return {}

    def shown(self, path: str) -> str | None:
        """The text of a file as it may be printed: secrets hidden, every column where it was; None if unknown."""
        if path not in self._masked and path in self.texts:
            self._masked[path] = masked(self.texts[path])
        return self._masked.get(path)
