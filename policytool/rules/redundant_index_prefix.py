"""An index holds the first columns of a longer one, which can do its work."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.indexes import prefixes, twins
from policytool.catalog.model import Index, Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, Related, member_ref
from policytool.rule import Context, TableRule


class RedundantIndexPrefix(TableRule):
    """An index holds the first columns of a longer one, which can do its work."""

    name = "redundant-index-prefix"
    severity = "info"
    concern = "performance"

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Plain B-tree indexes that are neither unique nor found as duplicates."""
        duplicates = {index.name for index, _ in twins(table)}
        for index, longer in prefixes(table):
            if index.name in duplicates:
                continue
            yield self.finding(
                member_ref("index", table, index.name),
                f"index {index.name} ({_keys(index)}) on {table.schema}.{table.name} begins like {longer.name} "
                f"({_keys(longer)}), which serves the same queries",
                at=index.made,
                because=(Related(message=f"{longer.name} begins with the same keys", location=longer.made),),
                fix=Fix(
                    sql=f"drop index {qualified(table.schema, index.name)};",
                    safety="safe",
                    note="keep it where the longer one is far larger and this one is used much",
                ),
            )


def _keys(index: Index) -> str:
    return ", ".join(key.column or key.expression or "" for key in index.keys)
