"""A policy trusts user_metadata, which users change themselves."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Predicate
from policytool.access.claims import claim_path
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, member_ref
from policytool.rule import Context, PolicyRule
from policytool.syntax.node import names, walk


class PolicyUserMetadata(PolicyRule):
    """A policy trusts user_metadata, which users change themselves."""

    name = "policy-user-metadata"
    severity = "error"
    splinter = "0015_rls_references_user_metadata"
    cwe = 639

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Policies that read user_metadata out of the JWT or auth.users, themselves or in a helper they call."""
        for side in ("using", "check"):
            says = context.access.predicate(policy, side, table)  # type: ignore[arg-type]
            key = _trusted_key(says, context) if says is not None else None
            if key is not None:
                yield self.finding(
                    member_ref("policy", table, policy.name),
                    f'policy "{policy.name}" on {table.schema}.{table.name} decides by {key}, which every user can '
                    "set with one call of updateUser()",
                    at=(policy.using_at if side == "using" else policy.with_check_at) or policy.made,
                    severity=None if policy.permissive else "warning",
                )
                return


def _trusted_key(says: Predicate, context: Context) -> str | None:
    todo, seen = [says.node], 0
    while todo and seen < 20:
        node, seen = todo.pop(), seen + 1
        for kind, body in walk(node):
            whole = {kind: body}
            path = claim_path(whole) if kind in ("A_Expr", "FuncCall") else None
            if path and path[0] == "user_metadata":
                return "user_metadata"
            if kind == "ColumnRef" and names(body.get("fields"))[-1:] == ("raw_user_meta_data",):
                return "raw_user_meta_data"
            if kind == "FuncCall" and (inner := context.access.helpers.inline(whole)) is not None:
                todo.append(dict(inner))
    return None
