"""A policy trusts user_metadata, which users change themselves."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Predicate, Side
from policytool.access.claims import claim_path
from policytool.access.rowmark import marked_column
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, lowered, member_ref
from policytool.rule import Context, PolicyRule
from policytool.syntax.node import names, walk

SIDES: tuple[Side, ...] = ("using", "check")
MAX_HELPERS = 20


class PolicyUserMetadata(PolicyRule):
    """A policy trusts user_metadata, which users change themselves."""

    name = "policy-user-metadata"
    severity = "error"
    splinter = "0015_rls_references_user_metadata"
    cwe = 639

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Policies that read user_metadata out of the JWT or auth.users, themselves or in a helper they call."""
        for side in SIDES:
            says = context.access.predicate(policy, side, table)
            key = _trusted_key(says, context) if says is not None else None
            if key is None:
                continue
            reached = table.rls_enabled and context.access.exposed(table)
            yield self.finding(
                member_ref("policy", table, policy.name),
                f'policy "{policy.name}" on {table.schema}.{table.name} decides by {key}, which every user can '
                "change with one call of updateUser()",
                at=(policy.using_at if side == "using" else policy.with_check_at) or policy.made,
                severity=None if policy.permissive and reached else lowered(self.severity),
            )
            return


def _trusted_key(says: Predicate, context: Context) -> str | None:
    """The key or column that is read, in the expression or in what its helpers stand for."""
    if "meta" not in says.text and not context.access.helpers.mention("meta"):
        return None
    todo, looked_into = [says.node], 0
    while todo:
        for kind, body in walk(todo.pop()):
            whole = {kind: body}
            path = claim_path(whole) if kind in ("A_Expr", "FuncCall") else None
            if path and path[0] == "user_metadata":
                return "user_metadata"
            if kind == "ColumnRef" and names(body.get("fields"))[-1:] == ("raw_user_meta_data",):
                if marked_column(whole) is None:
                    return "auth.users.raw_user_meta_data"
            elif kind == "FuncCall" and looked_into < MAX_HELPERS:
                inner = context.access.helpers.inline(whole)
                looked_into += inner is not None
                todo.append(dict(inner) if inner is not None else None)
    return None
