"""What an editor shows over a name: who may do what to a table, what a policy says in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from policytool import api
from policytool.access.headline import headline
from policytool.access.matrix import Cell, matrix
from policytool.access.story import policy_words
from policytool.catalog.model import Function, Policy, Table, View
from policytool.catalog.objects import Catalog
from policytool.finding import ref_of
from policytool.report.words import count, printable
from policytool.rule import Context
from policytool.syntax.location import Location

Item = Table | View | Function
_PART = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_NAME = re.compile(rf"{_PART}(?:\s*\.\s*{_PART})*")
_PIECE = re.compile(_PART)
POLICIES = 12
FILTER = 600  # characters of SQL


def hover(loaded: api.Loaded, path: str, line: int, column: int, text: str) -> tuple[str, Location] | None:
    """Markdown for a position (from 1) in a line, and what part of the line it is about."""
    context = api.context(loaded)
    for match in _NAME.finditer(text):
        if match.start() < column <= match.end() + 1:
            place = Location(path=path, line=line, column=match.start() + 1, end_line=line, end_column=match.end() + 1)
            said = _said(context, match[0], _policy_at(context.catalog, path, line, column), (line, column))
            return None if said is None else (said, place)
    return None


def _said(context: Context, name: str, at: tuple[Policy, Table] | None, place: tuple[int, int]) -> str | None:
    parts = tuple(_plain(piece) for piece in _PIECE.findall(name))
    if at is not None and parts == (at[0].name,):
        return _policy(*at, context)
    items = _resolved(context.catalog, parts)
    if items:
        return "\n\n---\n\n".join(_item(item, context) for item in items[:3])
    if at is not None and (at[0].made is not None and place[0] == at[0].made.line):
        return _policy(*at, context)
    return None


def _plain(piece: str) -> str:
    return piece[1:-1].replace('""', '"') if piece.startswith('"') else piece.lower()


def _policy_at(catalog: Catalog, path: str, line: int, column: int) -> tuple[Policy, Table] | None:
    """The policy whose statement holds the position."""
    for table in catalog.tables.values():
        for policy in table.policies:
            for place in (policy.made, policy.changed):
                if place is not None and place.path == path and _holds(place, line, column):
                    return policy, table
    return None


def _holds(place: Location, line: int, column: int) -> bool:
    return (place.line, place.column) <= (line, column) <= (place.end_line, place.end_column)


def _resolved(catalog: Catalog, parts: tuple[str, ...]) -> list[Item]:
    """What a name may mean: `schema.name`, a bare name in public, else the only one that is called so."""
    relations: dict[tuple[str, str], Item] = {**catalog.tables, **catalog.views}
    functions = [f for f in catalog.functions.values() if f.origin is None]
    if len(parts) > 1:
        found = relations.get((parts[0], parts[1]))
        called: list[Item] = [f for f in functions if (f.schema, f.name) == parts[:2]]
        if found is not None or called:
            return [found] if found is not None else called
    here = relations.get(("public", parts[0]))
    if here is not None:
        return [here]
    same = [item for (_, name), item in relations.items() if name == parts[0] and item.origin is None]
    return same if len(same) == 1 else [f for f in functions if f.name == parts[0]]


# --- markdown ---------------------------------------------------------------------------------------------------------


def _item(item: Item, context: Context) -> str:
    lines = [f"**{_text(ref_of(item).identity)}**{_state(item)}"]
    if isinstance(item, Table):
        lines += ["", _text(headline(item, context.access))]
    cells = tuple(matrix(context.access, api.roles_met(context), [item]))
    lines += ["", *(_calls(cells) if isinstance(item, Function) else _grid(cells))]
    if isinstance(item, Table) and item.policies:
        lines += ["", *(f"- {_line(policy, item, context)}" for policy in item.policies[:POLICIES])]
        if len(item.policies) > POLICIES:
            lines.append(f"- … and {len(item.policies) - POLICIES} more")
    return "\n".join(lines)


def _state(item: Item) -> str:
    match item:
        case Table():
            forced = " and forced" if item.rls_forced else ""
            state = f"on{forced}" if item.rls_enabled else "**off**"
            return f" · row level security {state}, {count(len(item.policies), 'policy')}"
        case View():
            whose = "the caller" if item.security_invoker else item.owner
            return f" · reads as {_text(whose)}"
    return f" · runs as {_text(item.owner)}" if item.security_definer else ""


def _grid(cells: Iterable[Cell]) -> Iterator[str]:
    by_role: dict[str, dict[str, str]] = {}
    for cell in cells:
        by_role.setdefault(cell.role, {})[cell.command] = "–" if cell.access == "none" else cell.access
    commands = list(dict.fromkeys(command for row in by_role.values() for command in row))
    yield f"| | {' | '.join(command.lower() for command in commands)} |"
    yield "|---" * (len(commands) + 1) + "|"
    for role, row in by_role.items():
        yield f"| {_text(role)} | {' | '.join(row.get(command, '–') for command in commands)} |"


def _calls(cells: Iterable[Cell]) -> Iterator[str]:
    may = [cell.role for cell in cells if cell.access == "all"]
    yield f"May be called by {_text(', '.join(may))}." if may else "No role that a client acts as may call it."


def _line(policy: Policy, table: Table, context: Context) -> str:
    kind = policy.command.lower() if policy.permissive else f"{policy.command.lower()}, restrictive"
    return f'"{_text(policy.name)}" ({kind}): {_words(policy, table, context)}'


def _policy(policy: Policy, table: Table, context: Context) -> str:
    """A policy in words, with the SQL that Postgres would show."""
    kind = "policy" if policy.permissive else "restrictive policy"
    lines = [f'{kind} **"{_text(policy.name)}"** on {_text(table.schema)}.{_text(table.name)}']
    lines += ["", _words(policy, table, context)]
    if not table.rls_enabled:
        lines += ["", "**Row level security is off: this policy is not applied.**"]
    for name, sql in (("using", policy.using), ("with check", policy.with_check)):
        if sql is not None:
            shown = printable(sql if len(sql) <= FILTER else f"{sql[:FILTER]} …").replace("```", "'''")
            lines += ["", f"```sql\n{name} ({shown})\n```"]
    return "\n".join(lines)


def _words(policy: Policy, table: Table, context: Context) -> str:
    """The policy in sentences, which quote SQL between back-ticks themselves."""
    return printable(policy_words(policy, table, context.access).text).replace("<", "&lt;").replace("|", "\\|")


def _text(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", printable(text))
