"""A project that is looked at again and again, as it is saved and as it would be with texts that are not."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from policytool import api
from policytool.audit.own_rules import OwnRules, own_rules
from policytool.audit.selection import Selection
from policytool.audit.since import Base
from policytool.catalog.build import Builder
from policytool.catalog.build.platform import Platform
from policytool.config import Config, PlatformName, find
from policytool.config import load as load_config
from policytool.errors import NothingToAudit, UsageError
from policytool.source.database import is_database
from policytool.source.model import Project, SqlFile, all_files
from policytool.source.overlay import read_with
from policytool.source.read import read
from policytool.source.sections import up_only
from policytool.source.since import changed, shared
from policytool.source.snapshot import is_snapshot
from policytool.source.tree import shown

if TYPE_CHECKING:
    from policytool.audit.outcome import Audit

SAVED = "what is saved"
_FORKS = 200  # every text that was ever typed is kept parsed by the builder's forks: begin anew from time to time


class Draft(Struct, frozen=True, kw_only=True):
    """SQL that is not saved, and the file it would be in; `anyway`: judged even where no such file would be run."""

    path: str
    text: str
    anyway: bool = False


class Workspace:
    """One source. A second look at it folds only what has changed, and whatever comes after that."""

    def __init__(
        self,
        source: str | None = None,
        *,
        config_path: Path | None = None,
        platform: PlatformName | None = None,
        allow_rules: bool = False,
    ) -> None:
        self._source = source
        self._config_path = config_path
        self._platform = platform
        self._allow_rules = allow_rules
        self._base: tuple[Platform, tuple[SqlFile, ...], Builder] | None = None
        self._forks = 0
        self._kept: tuple[object, Audit] | None = None
        self._lock = threading.Lock()

    @property
    def config(self) -> Config:
        """What the configuration says now."""
        return load_config(self._config_path or find(Path.cwd()))

    @property
    def source(self) -> str:
        """The source as an argument."""
        return self._source or self.config.source or "."

    @property
    def has_files(self) -> bool:
        """Whether the catalog is made of files, so that other SQL can be judged with them."""
        return not is_database(self.source) and not is_snapshot(self.source)

    def load(self, *drafts: Draft) -> api.Loaded:
        """The source with these drafts as if they were saved, the last of those of a path."""
        if not self.has_files:
            if drafts:
                raise UsageError(
                    f"{self.source} has no files that SQL could be added to", hint="begin with a folder of migrations"
                )
            return api.load(self.source, config=self.config, platform=self._platform)
        config = self.config
        project = self._read(drafts, config)
        platform = api.choose_platform(project, config, self._platform)
        built = self._builder(platform, project.files).built()
        return api.Loaded(project=project, built=built, config=config)

    def builder(self, loaded: api.Loaded) -> Builder:
        """A builder that has folded the files of what was loaded, and can go on from there."""
        return self._builder(loaded.built.platform, loaded.project.files)

    def judged(self, *drafts: Draft) -> api.Loaded:
        """Like `load`; an audit of it says only what the drafts bring."""
        before, now = self.saved(), self.load(*drafts)
        added, edited = changed(before.project.files if before else (), now.project.files)
        built = before.built if before else self._builder(now.built.platform, ()).built()
        return replace(now, base=Base(ref=SAVED, commit="", built=built, added=added, changed=edited))

    def saved(self) -> api.Loaded | None:
        """The source as it is saved; None where it holds no SQL yet."""
        try:
            return self.load()
        except NothingToAudit:
            return None

    def rules(self, config: Config) -> OwnRules | None:
        """The project's own rules; its Python files only if they may run."""
        return own_rules(config, allow=self._allow_rules) if config.own_rules else None

    def audit(self, loaded: api.Loaded, selection: Selection | None = None) -> Audit:
        """What `policytool audit` would say."""
        from policytool.audit.baseline import default_path

        path = default_path(loaded.config)
        known = path if loaded.config.baseline is not None or path.is_file() else None
        return api.audit(loaded, selection=selection, baseline=known, rules=self.rules(loaded.config))

    def saved_audit(self, selection: Selection) -> Audit | None:
        """An audit of what is saved; the last one again, where nothing has changed."""
        loaded = self.saved()
        if loaded is None:
            return None
        about = (loaded.project, loaded.built.platform, loaded.config, selection)
        if self._kept is None or self._kept[0] != about:
            self._kept = (about, self.audit(loaded, selection))
        return self._kept[1]

    def _read(self, drafts: tuple[Draft, ...], config: Config) -> Project:
        texts: Mapping[str, str] = {draft.path: draft.text for draft in drafts}
        if not texts:
            return read(self.source, max_bytes=config.max_bytes)
        project = read_with(self.source, texts, max_bytes=config.max_bytes)
        known = {file.path for file in all_files(project.files)}
        extra = [draft for draft in drafts if draft.anyway and shown(Path(draft.path), Path.cwd()) not in known]
        return replace(project, files=(*project.files, *(_last(draft, len(project.files)) for draft in extra)))

    def _builder(self, platform: Platform, files: tuple[SqlFile, ...]) -> Builder:
        with self._lock:
            base = self._base
            if base is None or base[0] != platform or self._forks >= _FORKS or shared(base[1], files) < len(base[1]):
                # What is being edited changes again soon: keep what comes before it, ready to go on from.
                count = len(files) if base is None or base[0] != platform else shared(base[1], files)
                builder = Builder(platform)
                builder.add(files[:count])
                base = self._base = (platform, files[:count], builder)
                self._forks = 0
            self._forks += 1
            fork = base[2].fork()
            fork.add(files[len(base[1]) :])
            return fork


def _last(draft: Draft, order: int) -> SqlFile:
    up = up_only(draft.text)
    return SqlFile(path=shown(Path(draft.path), Path.cwd()), text=up.text, order=order, transaction=up.transaction)
