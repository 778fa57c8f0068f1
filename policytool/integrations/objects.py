"""Objects of a catalog as an assistant names them, and as they are told to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from policytool.access import Access
from policytool.access.headline import headline
from policytool.access.story import policy_words
from policytool.catalog import snapshot
from policytool.catalog.model import Function, Table, View
from policytool.catalog.objects import Catalog
from policytool.finding import Finding, ref_of

Item = Table | View | Function
Answer = dict[str, Any]


def all_(catalog: Catalog) -> list[Item]:
    """Tables, views and functions, by name."""
    items: list[Item] = [*catalog.tables.values(), *catalog.views.values(), *catalog.functions.values()]
    return sorted(items, key=lambda item: (item.schema, item.name))


def own(catalog: Catalog) -> list[Item]:
    """Those that the user made."""
    return [item for item in all_(catalog) if item.origin is None]


def named(name: str, items: Iterable[Item]) -> list[Item]:
    """Those of this name, with or without schema, quotes and argument types."""
    plain = name.strip().replace('"', "").partition("(")[0]
    return [item for item in items if plain in (item.name, f"{item.schema}.{item.name}")]


def near(name: str, items: list[Item]) -> str:
    """What somebody may have meant."""
    import difflib

    known = [f"{item.schema}.{item.name}" for item in items]
    near = difflib.get_close_matches(name, [*known, *(n.partition(".")[2] for n in known)], n=3)
    return f"did you mean {', '.join(near)}?" if near else "`catalog` without a name lists what there is"


def words(table: Table, access: Access) -> Iterator[str]:
    """A table and its policies in plain words."""
    yield f"{table.schema}.{table.name}: {headline(table, access)}"
    for policy in table.policies:
        yield f'policy "{policy.name}": {policy_words(policy, table, access).text}'


def is_about(finding: Finding, table: str) -> bool:
    """Whether a finding is about a table, or what belongs to it."""
    ref = finding.object
    plain = table.replace('"', "")
    name = ref.table or ref.name
    return plain in (name, f"{ref.schema}.{name}", f"{ref.schema}.{name.partition('(')[0]}")


def line(item: Item) -> Answer:
    """An object in short."""
    answer: Answer = {"identity": ref_of(item).identity}
    if isinstance(item, Table):
        state = "forced" if item.rls_enabled and item.rls_forced else "on" if item.rls_enabled else "off"
        answer |= {"rls": state, "policies": len(item.policies), "columns": [c.name for c in item.columns]}
    elif isinstance(item, View):
        answer |= {"security_invoker": item.security_invoker}
    else:
        answer |= {"security_definer": item.security_definer}
    return answer


def whole(item: Item, catalog: Catalog) -> Answer:
    """The object as a snapshot has it."""
    key = (item.schema, item.name)
    match item:
        case Table():
            kind, part = "tables", Catalog(platform=catalog.platform, tables={key: item})
        case View():
            kind, part = "views", Catalog(platform=catalog.platform, views={key: item})
        case Function():
            kind, part = "functions", Catalog(platform=catalog.platform, functions={item.signature: item})
    found: Answer = json.loads(snapshot.encode(part))[kind][0]
    for column in found.get("columns", []):  # where each column was written takes more room than all the rest
        column.pop("made", None)
        column.pop("changed", None)
    return {"kind": kind.removesuffix("s"), **found}
