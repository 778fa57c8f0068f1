"""`policytool init`: configuration, workflow and hook for the project that is here."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policytool.cli.options import option, write
from policytool.errors import PolicytoolError

if TYPE_CHECKING:
    from policytool.integrations.beginning import Beginning, New
    from policytool.source.model import Project


@click.command("init")
@click.argument("source", required=False)
@option("--agents", is_flag=True, help="Also AGENTS.md, or a part of it, for coding agents.")
@option("--skill", is_flag=True, help="Also a skill file for coding agents.")
@option("--no-test", is_flag=True, help="No first policy test.")
@option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
        help="Output format.")  # fmt: skip
@option("-q", "--quiet", count=True, help="Say less.")
def command(source: str | None, **options: Any) -> int:
    """Set policytool up in this repository: configuration, CI workflow, commit hook and a first policy test.

    They fit the layout that it has. Nothing is asked and nothing is overwritten: what is there already stays as it is.
    The policy test says what is measured on a throwaway Postgres; where there is none to be had, it is left out.

    \b
    policytool init
    policytool init --agents --skill
    policytool init --dry-run
    """
    from msgspec.structs import replace

    from policytool.integrations.beginning import Planner
    from policytool.source.read import read

    root = _root(Path.cwd())
    project = read(source or ".", cwd=root)
    tests: tuple[New, ...]
    tests, why = ((), "") if options["no_test"] else _first_test(root, project, dry_run=options["dry_run"])
    beginning = Planner(root, project).plan(agents=options["agents"], skill=options["skill"], more=tests)
    if why:
        beginning = replace(beginning, todo=(*beginning.todo, why))
    if not options["dry_run"]:
        _write(root, beginning)
    if options["form"] == "json":
        from policytool.report.json import pretty

        click.echo(pretty(_document(beginning, written=not options["dry_run"])), nl=False)
    else:
        click.echo("\n".join(_told(beginning, project, options)))
    return 0


def _first_test(root: Path, project: Project, *, dry_run: bool) -> tuple[tuple[New, ...], str]:
    """A first policy test where the project has none; or why there is no such test now."""
    from policytool import api
    from policytool.config import Config
    from policytool.integrations.beginning import New
    from policytool.testing.running.collect import NoTests, collect

    path = Path("supabase" if (root / "supabase").is_dir() else ".") / "tests" / "policies.policy.yaml"
    with contextlib.chdir(root):
        try:
            collect((), Config())
        except NoTests:
            pass
        else:
            return (), ""
        if dry_run:
            return (New(path=path.as_posix(), text=""),), ""
        try:
            text = api.first_test(str(path), config=Config(source=_source(root, project)))
        except PolicytoolError as error:
            return (), f"there is no first policy test: {error.message}\n`policytool test --init` writes one later"
    return (New(path=path.as_posix(), text=text),), ""


def _source(root: Path, project: Project) -> str:
    return os.path.relpath(project.root, root) if project.root else "."


def _root(folder: Path) -> Path:
    """The root of the repository, where configuration and workflow are looked for."""
    return next((path for path in (folder, *folder.parents) if (path / ".git").exists()), folder)


def _write(root: Path, beginning: Beginning) -> None:
    from policytool.source.new_file import write_all

    write_all([(root / new.path, new.text) for new in beginning.new if not new.after])
    for new in beginning.new:
        if new.after:
            write(root / new.path, new.after + new.text)


def _told(beginning: Beginning, project: Project, options: dict[str, Any]) -> list[str]:
    from policytool.report.words import count

    verb = "would be " if options["dry_run"] else ""
    lines = [f"{new.path}: {verb}{'added to' if new.after else 'written'}" for new in beginning.new]
    lines += [f"{path}: is there, left as it is" for path in beginning.there]
    if options["quiet"]:
        return lines
    lines += ["", *beginning.todo] if beginning.todo else []
    read = f"{project.root or project.label}: {count(len(project.files), 'file')} ({project.layout})"
    return [
        *lines,
        "",
        f"reads {read}",
        "next: `policytool audit`; `policytool baseline create` accepts what is there today",
    ]


def _document(beginning: Beginning, *, written: bool) -> dict[str, Any]:
    return {
        "written": written,
        "files": [{"path": new.path, "added": bool(new.after), "text": new.text} for new in beginning.new],
        "there": list(beginning.there),
        "todo": list(beginning.todo),
    }
