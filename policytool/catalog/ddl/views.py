"""Views and materialised views."""

from __future__ import annotations

from policytool.catalog.ddl import indexes, words
from policytool.catalog.ddl.names import References, relation_key
from policytool.catalog.ddl.step import Phase, Step
from policytool.catalog.ddl.unions import typed
from policytool.catalog.model import View
from policytool.catalog.spelling import identifier, qualified


def create(view: View, *, replacing: bool = False) -> str:
    """CREATE VIEW or MATERIALIZED VIEW; the query puts out the column names."""
    kind = "materialized view" if view.materialized else "view"
    text = f"create {'or replace ' if replacing else ''}{kind} {qualified(view.schema, view.name)}"
    if view.options:
        text += f" with {words.storage(view.options)}"
    text += f" as\n{typed(view.definition, view.columns)}"
    return f"{text}\nwith no data" if view.materialized and not view.populated else text


def adjustments(view: View) -> list[str]:
    """The statements for what CREATE VIEW cannot say of its columns."""
    kind = "materialized view" if view.materialized else "view"
    found = []
    for column in view.columns:
        head = f"alter {kind} {qualified(view.schema, view.name)} alter column {identifier(column.name)}"
        if column.default is not None:
            found.append(f"{head} set default {column.default}")
        if column.statistics is not None:
            found.append(f"{head} set statistics {column.statistics}")
    return found


def steps(view: View, references: References, *, replacing: bool = False) -> list[Step]:
    """The view, and the indexes of a materialised one."""
    texts = [view.definition, *(c.default for c in view.columns)]
    made = Step(
        phase=Phase.MATERIALIZED if view.materialized else Phase.VIEWS,
        key=relation_key((view.schema, view.name)),
        sql=(create(view, replacing=replacing), *adjustments(view)),
        schema=view.schema,
        needs=references.of(texts),
    )
    return [made, *indexes.steps(view, references)]
