"""`policytool fix`: one new migration that mends what is found."""

from __future__ import annotations

import difflib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policytool.cli.auditing import names, own_rules
from policytool.cli.options import common, configuration, option, progress, write

if TYPE_CHECKING:
    from policytool.audit.fixes import Plan
    from policytool.finding import Finding

RANK = {"error": 0, "warning": 1, "info": 2}
SHOWN = 3


@click.command("fix")
@click.argument("source", required=False)
@option("--rule", "rules", multiple=True, metavar="RULE", help="Mend only what these rules find; repeatable.")
@option("--unsafe", is_flag=True, help="Also fixes after which a client may no longer do what it does today.")
@option("--diff", is_flag=True, help="Show the migration and write nothing.")
@option("--name", default="policytool_fixes", show_default=True, help="What the migration is called after its version.")
@option(
    "--fail-on", type=click.Choice([*RANK, "never"]), help="Exit with 1 if this severity is left.  [default: error]"
)
@option("--allow-rules", is_flag=True, help="Run the Python files that the configuration names as rules.")
@common(("text", "json"))
def command(source: str | None, **options: Any) -> int:
    """Write one new migration that mends what is found in SOURCE. No file that is there is touched.

    Each fix is proved first, on the catalog that the migrations and the new file build: its finding is gone, and
    nothing else is found above info. One that cannot be proved is not written, and it is said why. By default only
    fixes that take nothing from a client are written. -o FILE names the new file; without it the layout does.

    \b
    policytool fix --diff
    policytool fix --rule fk-unindexed --rule policy-initplan
    policytool fix --unsafe -o next.sql
    """
    from policytool import api
    from policytool.audit.fixes import Wanted
    from policytool.audit.registry import all_rules, rule_named
    from policytool.audit.selection import Selection

    config = configuration(options["config_path"])
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    own = own_rules(options, config)
    known = (*all_rules(), *(own.rules if own else ()))
    chosen = [rule_named(name, known) for name in names(options["rules"])]
    persona = "auditor" if any(rule.persona == "auditor" for rule in chosen) else config.persona
    try:
        plan = api.fixes(
            source,
            config=config,
            platform=options["platform"],
            as_tool=options["as_tool"],
            wanted=Wanted(rules=tuple(rule.name for rule in chosen), unsafe=options["unsafe"]),
            selection=Selection(persona=persona),
            rules=own,
            name=options["name"],
            output=_output(options["outputs"]),
            progress=say,
        )
    finally:
        say("")
    _finish(plan, options)
    threshold = options["fail_on"] or config.fail_on
    return int(threshold != "never" and any(RANK[f.severity] <= RANK[threshold] for f in plan.left))


def _output(outputs: tuple[str, ...]) -> Path | None:
    if len(outputs) > 1:
        raise click.UsageError("one -o FILE is enough: fix writes one migration")
    return Path(outputs[0]) if outputs else None


def _finish(plan: Plan, options: dict[str, Any]) -> None:
    from policytool.report.json import pretty
    from policytool.source.new_file import write_new

    if plan.text and not options["diff"]:
        write_new(plan.file.path, plan.text)
    if options["form"] == "json":
        write(None, pretty(_document(plan, written=bool(plan.text) and not options["diff"])))
        return
    if options["diff"]:
        write(None, _diff(plan))
    # What is told besides must not get into a patch.
    click.echo("\n".join(_summary(plan, options)), err=options["diff"])


def _diff(plan: Plan) -> str:
    lines = plan.text.splitlines(keepends=True)
    return "".join(difflib.unified_diff([], lines, "/dev/null", f"b/{plan.file.path.as_posix()}"))


def _summary(plan: Plan, options: dict[str, Any]) -> list[str]:
    from policytool.report.words import count, plural, printable

    would = "would be written" if options["diff"] else "written"
    fixes = f"{len(plan.fixed)} {'fix' if len(plan.fixed) == 1 else plural('fix')}"
    nothing = "nothing is written" if plan.refused or plan.unsafe else "nothing to fix"
    lines = [f"{plan.file.path}: {fixes} {would}" if plan.fixed else nothing]
    if options["quiet"]:
        return lines
    lines += [f"  {rule}: {number}" for rule, number in sorted(Counter(f.rule for f in plan.fixed).items())]
    shown = plan.notes if options["verbose"] else plan.notes[:SHOWN]
    lines += [f"note: while it runs, {note}" for note in shown]
    if len(plan.notes) > len(shown):
        lines.append(f"  … and {len(plan.notes) - len(shown)} more of that kind (-v shows all)")
    for item in plan.refused:
        lines.append(f"not fixed: {item.finding.rule}: {item.finding.identity}: {item.why}")
    if plan.unsafe:
        rules = ", ".join(sorted({f.rule for f in plan.unsafe}))
        lines.append(f"left out: {count(len(plan.unsafe), 'unsafe fix')} ({rules}); --unsafe writes them too")
    return [printable(line) for line in lines]


def _document(plan: Plan, *, written: bool) -> dict[str, Any]:
    return {
        "path": plan.file.path.as_posix(),
        "written": written,
        "sql": plan.text,
        "fixed": [_fix(f) for f in plan.fixed],
        "refused": [{**_fix(item.finding), "why": item.why} for item in plan.refused],
        "unsafe": [_fix(f) for f in plan.unsafe],
        "notes": list(plan.notes),
    }


def _fix(finding: Finding) -> dict[str, Any]:
    fix = finding.fix
    return {
        "rule": finding.rule,
        "identity": finding.identity,
        "severity": finding.severity,
        "fingerprint": finding.fingerprint,
        "safety": fix.safety if fix else None,
        "sql": fix.sql if fix else None,
    }
