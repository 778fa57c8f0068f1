"""Publications and the tables in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from policytool.catalog.ddl import words
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.model import Name
from policytool.catalog.objects import Publication, PublishedTable
from policytool.catalog.spelling import identifier, literal, qualified

_EVERYTHING: Final = ("insert", "update", "delete", "truncate")


def create(publication: Publication, parents: Collection[Name]) -> str:
    """CREATE PUBLICATION; `parents` are tables that others inherit from, of which only themselves are meant."""
    text = f"create publication {identifier(publication.name)}"
    members = [_member(table, parents) for table in publication.tables]
    members += [_schema(name) for name in publication.schemas]
    if publication.all_tables:
        text += " for all tables"
    elif members:
        text += f" for {', '.join(members)}"
    options = _options(publication)
    return f"{text} with ({options})" if options else text


def _member(member: PublishedTable, parents: Collection[Name]) -> str:
    name = (member.schema, member.table)
    text = f"table {'only ' if name in parents else ''}{qualified(*name)}"
    text += f" ({words.listed(member.columns)})" if member.columns else ""
    return text if member.where is None else f"{text} where ({member.where})"


def _schema(name: str) -> str:
    return f"tables in schema {identifier(name)}"


def _options(publication: Publication) -> str:
    parts = [f"publish = {literal(', '.join(publication.publish))}"] if publication.publish != _EVERYTHING else []
    return ", ".join([*parts, "publish_via_partition_root = true"] if publication.via_root else parts)


def alter(before: Publication, after: Publication, parents: Collection[Name]) -> Iterator[str]:
    """ALTER PUBLICATION: tables and schemas dropped, then added, then the options."""
    head = f"alter publication {identifier(after.name)}"
    old = {_member(table, parents): table for table in before.tables}
    new = {_member(table, parents): table for table in after.tables}
    for text, table in old.items():
        if text not in new:
            only = "only " if (table.schema, table.table) in parents else ""
            yield f"{head} drop table {only}{qualified(table.schema, table.table)}"
    yield from (f"{head} drop {_schema(name)}" for name in before.schemas if name not in after.schemas)
    yield from (f"{head} add {text}" for text in new if text not in old)
    yield from (f"{head} add {_schema(name)}" for name in after.schemas if name not in before.schemas)
    if (before.publish, before.via_root) != (after.publish, after.via_root):
        via_root = str(after.via_root).lower()
        yield f"{head} set (publish = {literal(', '.join(after.publish))}, publish_via_partition_root = {via_root})"


def made(publication: Publication, parents: Collection[Name]) -> Step:
    """A new publication."""
    return step(Phase.PUBLICATIONS, ("publication", publication.name), create(publication, parents))


def changed(before: Publication, after: Publication, parents: Collection[Name]) -> Iterator[Step]:
    """What became of a publication."""
    sql = list(alter(before, after, parents))
    if sql:
        yield step(Phase.PUBLICATIONS, ("publication", after.name), *sql)
