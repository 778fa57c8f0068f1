"""A finished audit with what its reports need: the source, the platform, the findings."""

from __future__ import annotations

import functools

from msgspec import Struct

from policytool.audit.run import AuditResult
from policytool.catalog.build.platform import Platform
from policytool.source.model import Project, SqlFile


class Audit(Struct, frozen=True, kw_only=True, dict=True):
    """What the report formats are given."""

    project: Project
    platform: Platform
    result: AuditResult
    statements: int

    @functools.cached_property
    def texts(self) -> dict[str, str]:
        """The text of each file by its path, for excerpts."""
        return {file.path: file.text for file in all_files(self.project.files)}


def all_files(files: tuple[SqlFile, ...]) -> tuple[SqlFile, ...]:
    """The files and those they include, however deep."""
    included = tuple(i.file for f in files for i in f.includes)
    return files + (all_files(included) if included else ())
