"""A SECURITY DEFINER function leaves its search_path to the caller."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.searched import leaves_open
from policytool.access.wording import widest
from policytool.catalog.model import Function
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Severity, function_ref
from policytool.rule import Context, FunctionRule

_WHAT = {
    "tables": "names up where its caller says: a table put before yours in the search_path is used instead",
    "others": "functions and operators up where its caller says, though all tables are named with their schema",
    "": "names up where its caller says, though its body has none without a schema now",
}


class DefinerSearchPath(FunctionRule):
    """A SECURITY DEFINER function leaves its search_path to the caller."""

    name = "definer-search-path"
    severity = "error"
    splinter = "0011_function_search_path_mutable"
    cwe = 426

    def check(self, function: Function, context: Context) -> Iterator[Finding]:
        """Definer functions without a search_path of their own. A warning where clients cannot call them themselves or
        all tables are named with their schema, info where nothing is left to the search_path."""
        if not function.security_definer or function.atomic or function.language not in ("sql", "plpgsql"):
            return
        if any(s.startswith("search_path=") for s in function.settings):
            return
        access = context.access
        # Nobody can call a trigger function; it runs with the search_path of whoever writes to the table.
        callers = () if function.returns in ("trigger", "event_trigger") else access.executors(function)
        exposed = bool(callers) and access.profile.exposes(function.schema)
        ref, left = function_ref(function), leaves_open(function)
        severity: Severity = "error" if exposed and left == "tables" else "warning" if left else "info"
        yield self.finding(
            ref,
            f"{function.schema}.{ref.name} runs with the rights of {function.owner} and looks {_WHAT[left]}",
            at=context.settled(function, "body", "settings", "security_definer"),
            severity=severity,
            because=access.because(widest(callers), ("EXECUTE",), function) if exposed else (),
            fix=_fix(function, ref.name, context),
        )


def _fix(function: Function, signature: str, context: Context) -> Fix:
    kind = "procedure" if function.kind == "procedure" else "function"
    schemas = dict.fromkeys((function.schema, *(s for s in ("public", "extensions") if s in context.catalog.schemas)))
    path = ", ".join((*map(identifier, schemas), "pg_temp"))
    return Fix(
        sql=f"alter {kind} {identifier(function.schema)}.{signature} set search_path = {path};",
        safety="safe",
        note="better still: search_path = '' and a schema before every name in the body",
    )
