"""`policytool init`: configuration, workflow and hook for the project that is here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policytool.cli.options import option, write

if TYPE_CHECKING:
    from policytool.integrations.beginning import Beginning
    from policytool.source.model import Project


@click.command("init")
@click.argument("source", required=False)
@option("--agents", is_flag=True, help="Also AGENTS.md, or a part of it, for coding agents.")
@option("--skill", is_flag=True, help="Also a skill file for coding agents.")
@option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
        help="Output format.")  # fmt: skip
@option("-q", "--quiet", count=True, help="Say less.")
def command(source: str | None, **options: Any) -> int:
    """Set policytool up in this repository: configuration, CI workflow and commit hook, for the layout that it has.

    Nothing is asked and nothing is overwritten: what is there already stays as it is.

    \b
    policytool init
    policytool init --agents --skill
    policytool init --dry-run
    """
    from policytool.integrations.beginning import Planner
    from policytool.source.read import read

    root = _root(Path.cwd())
    project = read(source or ".", cwd=root)
    beginning = Planner(root, project).plan(agents=options["agents"], skill=options["skill"])
    if not options["dry_run"]:
        _write(root, beginning)
    if options["form"] == "json":
        from policytool.report.json import pretty

        click.echo(pretty(_document(beginning, written=not options["dry_run"])), nl=False)
    else:
        click.echo("\n".join(_told(beginning, project, options)))
    return 0


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
