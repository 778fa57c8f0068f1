"""The report as Markdown, with Mermaid for what GitHub draws."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policytool.report.overview.glossary import GLOSSARY
from policytool.report.overview.model import EXPOSURES, Report, TableReport
from policytool.report.words import count, printable

MAX_NODES = 60  # of a diagram: Mermaid refuses very large ones, and nobody can read them
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#|~!&@])")
_COLOURS = {"writable": "#f4b8b0", "public": "#f6cfae", "shared": "#f0dfa6", "partly": "#c4d8ee", "scoped": "#bfe3d3",
            "closed": "#d9dde1", "unknown": "#ddd3ec"}  # fmt: skip


def render(report: Report) -> str:
    """The whole report."""
    parts = (_head(report), _changes(report), _findings(report), _tables(report), _matrix(report), _picture(report),
             _policies(report), _objects(report), _roles(report), _limits(report), _glossary())  # fmt: skip
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"# Access report: {escaped(report.source.label)}"
    yield from ("", f"**{report.verdict.grade.capitalize()}.** {escaped(report.verdict.headline)}.", "")
    yield from (f"{escaped(sentence)}  " for sentence in (*report.verdict.sentences, *report.verdict.limits))
    yield from ("", "| how far tables are open | tables |", "|---|--:|")
    yield from (f"| {EXPOSURES[e]} | {n:,} |" for e, n in report.summary.exposure.items() if n)
    told = ", ".join(f"{n:,} {s}" for s, n in report.summary.severity.items())
    yield from ("", f"{told}; {count(report.summary.policies, 'policy')}. Platform {report.platform.name}: "
                f"{escaped(report.platform.why)}. {report.generated}", "")  # fmt: skip
    if len(report.history) > 1:
        yield from _trend(report)


def _trend(report: Report) -> Iterator[str]:
    runs = report.history[-20:]
    top = max(1, *(r.severity.get(s, 0) for r in runs for s in ("error", "warning")))
    yield from ("```mermaid", "xychart-beta", '  title "errors and warnings, run by run"')
    yield f"  x-axis [{', '.join(str(n) for n in range(1, len(runs) + 1))}]"
    yield f"  y-axis 0 --> {top}"
    for severity in ("error", "warning"):
        yield f"  line [{', '.join(str(r.severity.get(severity, 0)) for r in runs)}]"
    yield from ("```", "")


def _changes(report: Report) -> Iterator[str]:
    changes = report.compared
    if changes is None:
        return
    yield from (f"## Changes since {escaped(changes.before)}", "")
    if changes.nothing:
        yield from ("Nothing changed.", "")
    for table, before, after in changes.exposure:
        yield f"- {code(table)}: {EXPOSURES[before]} → {EXPOSURES[after]}"  # type: ignore[index]
    for title, names in (
        ("table added", changes.tables_added), ("table gone", changes.tables_removed),
        ("policy added", changes.policies_added), ("policy changed", changes.policies_changed),
        ("policy gone", changes.policies_removed), ("finding gone", changes.findings_gone),
    ):  # fmt: skip
        yield from (f"- {title}: {escaped(name)}" for name in names)
    yield from (f"- new finding: {escaped(report.findings[n].message)}" for n in changes.findings_new)
    if changes.cells:
        yield from ("", "| role | command | object | before | after |", "|---|---|---|---|---|")
    for cell in changes.cells:
        where = f"{code(cell.role)} | {cell.command} | {code(cell.table)}"
        yield f"| {where} | {cell.before or '–'} | {cell.after or '–'} |"
    yield ""


def _findings(report: Report) -> Iterator[str]:
    yield from ("## Findings", "")
    if not report.findings:
        yield from ("None.", "")
    for finding in report.findings:
        yield f"### {finding.severity}: {escaped(finding.message)}"
        yield ""
        at = f" at {code(f'{finding.location.path}:{finding.location.line}')}" if finding.location else ""
        yield f"{code(finding.rule)}{at}"
        yield ""
        yield from (f"- {escaped(related.message)}" for related in finding.related)
        if finding.fix is not None:
            yield from ("", *fenced(finding.fix.sql, "sql"))
        yield ""


def _tables(report: Report) -> Iterator[str]:
    heads = "table | open | RLS | policies (S I U D) | owner | tenant | indexes missing | grants | findings"
    yield from ("## Tables", "", f"| {heads} |", "|---|---|---|---|---|---|---|---|--:|")
    for table in report.tables:
        yield f"| {' | '.join(_cells(table))} |"
    yield ""


def _cells(table: TableReport) -> Iterator[str]:
    yield code(table.full_name)
    yield EXPOSURES[table.exposure]
    yield table.rls
    yield " ".join(str(n) for n in table.policies.values())
    yield " ".join(map(code, table.owner_columns)) or "–"
    yield " ".join(map(code, table.tenant_columns)) or "–"
    yield " ".join(code(i.column) for i in table.indexes if not i.present) or "–"
    yield "; ".join(f"{code(role)} {escaped(', '.join(has))}" for role, has in table.grants.items()) or "–"
    yield str(len(table.findings))


def _matrix(report: Report) -> Iterator[str]:
    roles = list(dict.fromkeys(c.role for c in report.cells))
    rows: dict[str, dict[str, list[str]]] = {}
    for cell in report.cells:
        if cell.access != "none":
            rows.setdefault(cell.table, {}).setdefault(cell.role, []).append(f"{cell.command.lower()} {cell.access}")
    yield from ("## Access matrix", "", f"| object | {' | '.join(map(code, roles))} |", f"|---|{'---|' * len(roles)}")
    for name in dict.fromkeys(c.table for c in report.cells):
        yield f"| {code(name)} | {' | '.join(', '.join(rows.get(name, {}).get(role, ())) or '–' for role in roles)} |"
    yield ""


def _picture(report: Report) -> Iterator[str]:
    """Tables with foreign keys between them, coloured by how far they are open."""
    linked = {name for k in report.keys if k.references != k.table for name in (k.table, k.references)}
    nodes = {t.full_name: f"t{n}" for n, t in enumerate(report.tables) if t.full_name in linked}
    edges = dict.fromkeys((k.table, k.references) for k in report.keys if k.table in nodes and k.references in nodes)
    if not edges:
        return
    yield from ("## Picture", "")
    if len(nodes) > MAX_NODES:
        yield from (f"{count(len(nodes), 'table')} are too many for a diagram here: the HTML report draws them.", "")
        return
    yield from ("```mermaid", "flowchart LR")
    for table in report.tables:
        if table.full_name in nodes:
            yield f'  {nodes[table.full_name]}["{_label(table.full_name)}"]:::{table.exposure}'
    yield from (f"  {nodes[one]} --> {nodes[other]}" for one, other in edges)
    used = {t.exposure for t in report.tables if t.full_name in nodes}
    yield from (f"  classDef {e} fill:{_COLOURS[e]},stroke:#8b949e,color:#1d232b" for e in EXPOSURES if e in used)
    yield from ("```", "")


def _policies(report: Report) -> Iterator[str]:
    yield from ("## Policies in plain words", "")
    last = None
    for policy in report.policies:
        if policy.table != last:
            yield from (f"### {code(policy.table)}", "")
            last = policy.table
        yield f"- **{escaped(policy.name)}**: {_rich(' '.join((*policy.sentences, *policy.notes)))}"
    yield ""


def _objects(report: Report) -> Iterator[str]:
    yield from ("## Definer functions", "", "| function | callers by the API | past policies or grants | search_path |",
                "|---|---|---|---|")  # fmt: skip
    for f in report.functions:
        past = "; ".join(part for part in (f"writes {', '.join(f.writes)}" if f.writes else "",
                                           f"reads {', '.join(f.reads)}" if f.reads else "") if part)  # fmt: skip
        path = "not set" if f.search_path is None else code(f.search_path)
        who = "trigger only" if f.trigger else " ".join(map(code, f.callers)) or "none"
        yield f"| {code(f.name)} | {who} | {escaped(past) or '–'} | {path} |"
    yield from ("", "## Views", "", "| view | reads as | readers by the API | tables whose policies do not bind it |",
                "|---|---|---|---|")  # fmt: skip
    for v in report.views:
        reads = f"its owner {code(v.owner)}" if v.definer else "the caller"
        readers = " ".join(map(code, v.readers)) or "none"
        yield f"| {code(v.name)} | {reads} | {readers} | {' '.join(map(code, v.past)) or '–'} |"
    yield ""


def _roles(report: Report) -> Iterator[str]:
    yield from ("## Roles", "", "| role | what it is | member of | owns |", "|---|---|---|--:|")
    for role in report.roles:
        yield f"| {code(role.name)} | {role.kind} | {' '.join(map(code, role.member_of)) or '–'} | {role.owns} |"
    names = {role.name: f"r{n}" for n, role in enumerate(report.roles)}
    edges = [(role.name, up) for role in report.roles for up in role.member_of]
    if edges and len(names) <= MAX_NODES:
        yield from ("", "```mermaid", "flowchart RL")
        yield from (f'  {names[n]}["{_label(n)}"]' for n in names)
        yield from (f"  {names[one]} --> {names[other]}" for one, other in edges)
        yield "```"
    yield ""


def _limits(report: Report) -> Iterator[str]:
    yield from ("## What could not be analysed", "")
    for item in report.unmodelled:
        yield f"- {code(f'{item.location.path}:{item.location.line}')} {escaped(item.message)}"
    if not report.unmodelled:
        yield "Nothing: every statement's effect is in this report."
    yield from (f"- {escaped(note.message)}" for note in report.notes)
    yield ""


def _glossary() -> Iterator[str]:
    yield from ("## Glossary", "")
    yield from (f"- **{word}**: {meaning}" for word, meaning in GLOSSARY)


# --- spelling -------------------------------------------------------------------------------------------------------


def escaped(text: str) -> str:
    """Text of somebody else that is no markup, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(printable(text).split()))


def code(text: str) -> str:
    """A piece of code; neither its own back-ticks nor a pipe end it."""
    shown = " ".join(printable(text).split()).replace("`", "ˋ").replace("|", "\\|")
    return f"`{shown}`" if shown else "``"


def fenced(text: str, language: str) -> tuple[str, ...]:
    """A block of code with a fence longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return (f"{fence}{language}", printable(text).rstrip("\n"), fence)


def _rich(text: str) -> str:
    """A sentence whose code stays code and whose rest is no markup."""
    return "".join(code(part) if n % 2 else _spaced(part) for n, part in enumerate(text.split("`")))


def _spaced(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", printable(text))


def _label(name: str) -> str:
    """A node's label: what Mermaid would take for its own is an entity."""
    shown = printable(name).replace("\n", " ")
    return "".join(c if c.isalnum() or c in "._- " else f"#{ord(c)};" for c in shown)
