"""A policy that asks nothing of the person shows a column of secrets."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.sensitive import secret_columns
from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Related, table_ref
from policytool.rule import Context, TableRule


class SensitiveColumnExposed(TableRule):
    """A policy that asks nothing of the person shows a column of secrets."""

    name = "sensitive-column-exposed"
    severity = "error"
    confidence = "medium"  # the name of a column says what is in it
    splinter = "0023_sensitive_columns_exposed"
    cwe = 200

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Columns that a client may select by such a policy; an error where each row is open without an account."""
        access = context.access
        if not table.rls_enabled or not access.profile.exposes(table.schema):
            return  # with row level security off the whole table is open: other rules say so
        secret = secret_columns(table)
        seen = {role: found for role in access.clients if secret and (found := _seen(table, secret, role, context))}
        if not seen:
            return
        role = widest(seen)
        filter_ = access.row_filter(role, table, "SELECT")
        rows = "every row" if filter_.reach == "all" else "rows"
        open_ = access.anonymous(role) and filter_.reach == "all"
        columns = seen[role]
        yield self.finding(
            table_ref(table),
            f"{who(role)} can read {and_list(columns)} in {rows} of {table.schema}.{table.name}: "
            f"{_policies(filter_.open)} nothing of the person",
            at=filter_.open[0].using_at or filter_.open[0].made,
            severity="error" if open_ else "warning",
            because=(
                *access.because(role, ("SELECT",), table),
                *(Related(message=f'policy "{p.name}" lets them', location=p.made) for p in filter_.open),
            ),
            fix=_fix(table, columns, [r for r in seen if r != "public" or len(seen) == 1]),
        )


def _seen(table: Table, secret: list[str], role: str, context: Context) -> list[str]:
    """The columns that the role may select in rows that are anybody's."""
    access = context.access
    columns = [name for name in secret if access.can(role, "SELECT", table, name)]
    return columns if columns and access.row_filter(role, table, "SELECT").open else []


def _policies(found: tuple[Policy, ...]) -> str:
    names = and_list(f'"{policy.name}"' for policy in found)
    return f"policy {names} asks" if len(found) == 1 else f"policies {names} ask"


def _fix(table: Table, secret: list[str], roles: list[str]) -> Fix:
    """Leave the roles all other columns. A table-level privilege has to go before single columns count."""
    name = qualified(table.schema, table.name)
    to = ", ".join("public" if role == "public" else identifier(role) for role in roles)
    others = ", ".join(identifier(c.name) for c in table.columns if c.name not in secret)
    grant = f"\ngrant select ({others}) on {name} to {to};" if others else ""
    return Fix(
        sql=f"revoke select on {name} from {to};{grant}",
        note="clients then name the columns they want; or move these columns to a table of their own",
    )
