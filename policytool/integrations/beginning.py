"""What a project needs to use policytool, for the layout it has: only files that are not there yet."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from policytool import __version__
from policytool.config import find
from policytool.report.sarif import HOME
from policytool.source.git import Repository
from policytool.source.model import Project

_BLOCK = re.compile(r"<!-- policytool -->")
WORKFLOW = ".github/workflows/policytool.yml"
JOB = ".gitlab/policytool.yml"
INCLUDE = f"include:\n  - local: {JOB}\n"


class New(Struct, frozen=True, kw_only=True):
    """A file to write; `after` is what is there already, which stays and comes first."""

    path: str
    text: str
    after: str = ""


class Beginning(Struct, frozen=True, kw_only=True):
    """What to write, what was found in place of it, and what is left to do by hand."""

    new: tuple[New, ...]
    there: tuple[str, ...] = ()
    todo: tuple[str, ...] = ()


class Planner:
    """Looks at a project's root and decides file by file."""

    def __init__(self, root: Path, project: Project) -> None:
        self._root = root
        self._project = project
        self._repository = Repository(root, "look at the repository")
        self._new: list[New] = []
        self._there: list[str] = []
        self._todo: list[str] = []

    def plan(self, *, agents: bool, skill: bool, more: tuple[New, ...] = ()) -> Beginning:
        """Everything; `more` are files that others have thought of."""
        self._configuration()
        self._pipeline()
        self._hook()
        for new in more:
            self._offer(new.path, new.text)
        if agents:
            self._agents()
        if skill:
            self._offer(".claude/skills/policytool/SKILL.md", self._filled("skill.md"))
        return Beginning(new=tuple(self._new), there=tuple(self._there), todo=tuple(self._todo))

    # --- files --------------------------------------------------------------------------------------------------------

    def _configuration(self) -> None:
        found = find(self._root)
        if found is not None:
            self._there.append(self._shown(found))
            return
        self._new.append(New(path="policytool.toml", text=self._filled("policytool.toml")))

    def _pipeline(self) -> None:
        if self._said_in("*.yml", ".github/workflows") or self._said_in("*.yaml", ".github/workflows"):
            return
        if not self._on_gitlab():
            self._offer(WORKFLOW, self._filled("github.yml"))
            return
        if self._said_in(".gitlab-ci.yml", "."):
            return
        self._offer(JOB, self._filled("gitlab.yml"))
        if (self._root / ".gitlab-ci.yml").exists():
            self._todo.append(f"add to .gitlab-ci.yml:\n{INCLUDE}")
        else:
            self._offer(".gitlab-ci.yml", INCLUDE)

    def _hook(self) -> None:
        path, text = self._root / ".pre-commit-config.yaml", self._filled("pre-commit.yaml")
        if not path.exists():
            self._offer(path.name, text)
        elif HOME in path.read_text(encoding="utf-8", errors="replace"):
            self._there.append(path.name)
        else:
            self._todo.append(f"add to {path.name}:\n{text}")

    def _agents(self) -> None:
        path, text = self._root / "AGENTS.md", self._filled("agents.md")
        if not path.exists():
            self._offer(path.name, f"# For coding agents\n\n{text}")
            return
        before = path.read_text(encoding="utf-8")
        if _BLOCK.search(before):
            self._there.append(path.name)
        else:
            gap = "\n" if before.endswith("\n") else "\n\n"
            self._new.append(New(path=path.name, text=gap + text, after=before))

    def _offer(self, path: str, text: str) -> None:
        if (self._root / path).exists():
            self._there.append(path)
        else:
            self._new.append(New(path=path, text=text))

    # --- what can be found out ----------------------------------------------------------------------------------------

    def _said_in(self, pattern: str, folder: str) -> bool:
        """Whether a file speaks of policytool already; it is then one of those that are there."""
        for path in sorted((self._root / folder).glob(pattern)):
            if "policytool" in path.read_text(encoding="utf-8", errors="replace"):
                self._there.append(self._shown(path))
                return True
        return False

    def _on_gitlab(self) -> bool:
        if (self._root / ".github").is_dir():
            return False
        return (self._root / ".gitlab-ci.yml").exists() or "gitlab" in self._git("config", "--get", "remote.origin.url")

    def branch(self) -> str:
        """The main branch: the remote's, else the one we are on."""
        remote = self._git("symbolic-ref", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
        return remote or self._git("symbolic-ref", "--short", "HEAD") or "main"

    def _git(self, *arguments: str) -> str:
        done = self._repository.run(*arguments)
        return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else path.as_posix()

    def _source(self) -> str:
        folder = self._shown(Path(self._project.root)) if self._project.root else "."
        return f'source = "{folder}" # layout {self._project.layout}' if folder != "." else '# source = "migrations"'

    def _filled(self, name: str) -> str:
        text = (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")
        values = {
            "HOME": HOME, "ACTION": HOME.removeprefix("https://github.com/"), "VERSION": __version__,
            "BRANCH": self.branch(), "SOURCE": self._source(),
        }  # fmt: skip
        return re.sub(r"@([A-Z]+)@", lambda match: values[match[1]], text)
