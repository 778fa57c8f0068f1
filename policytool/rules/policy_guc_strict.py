"""A policy fails instead of denying where a setting of the application's is not set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policytool.access.policies import clauses, named
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, member_ref
from policytool.rule import Context, PolicyRule
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import bool_of, names, string_of, walk

Node = Mapping[str, Any]
TEXTS = frozenset({"text", "varchar", "bpchar", "name", "citext"})


class PolicyGucStrict(PolicyRule):
    """A policy fails instead of denying where a setting of the application's is not set."""

    name = "policy-guc-strict"
    severity = "warning"
    concern = "correctness"
    cwe = 755

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """current_setting('app.x') without `true`, and a cast of what is '' after SET LOCAL has ended."""
        for clause in clauses(policy):
            if "current_setting" not in clause.text:
                continue
            tree = parse_expression(clause.text)
            strict = sorted({n for n, missing_ok in _settings(tree) if not missing_ok})
            bare = sorted(set(_cast(tree)) - set(strict))
            if strict or bare:
                setting = (strict or bare)[0]
                why = (
                    f"reads {setting} without a second argument: where it was never set, every query on the table fails"
                    if strict
                    else f"casts {setting}, which is '' once a transaction that set it locally has ended: "
                    "every query on the table then fails"
                )
                yield self.finding(
                    member_ref("policy", table, policy.name),
                    f"{named(policy, table)} {why} with an error instead of returning nothing",
                    at=clause.at,
                )
                return


def _settings(tree: Any) -> Iterator[tuple[str, bool]]:
    """The settings of the application's that are read, and whether each may be missing."""
    for kind, body in walk(tree):
        if kind == "FuncCall" and (setting := _setting(body)) is not None:
            args = body.get("args", ())
            yield setting, len(args) > 1 and bool_of(args[1]) is not False


def _cast(tree: Any) -> Iterator[str]:
    """The settings whose very value is cast to something that '' is no value of."""
    for kind, body in walk(tree):
        if kind == "TypeCast" and names(body.get("typeName", {}).get("names"))[-1:] not in {(t,) for t in TEXTS}:
            inner: Node = body.get("arg", {})
            while "TypeCast" in inner:
                inner = inner["TypeCast"].get("arg", {})
            setting = _setting(inner.get("FuncCall", {}))
            if setting is not None:
                yield setting


def _setting(call: Node) -> str | None:
    """The setting that a call reads, if it is the application's own: PostgREST sets its own for every request."""
    if names(call.get("funcname"))[-1:] != ("current_setting",):
        return None
    setting = string_of(next(iter(call.get("args", ())), None))
    own = setting is not None and "." in setting and not setting.startswith("request.")
    return setting if own else None
