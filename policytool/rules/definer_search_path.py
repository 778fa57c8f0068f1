"""A SECURITY DEFINER function leaves its search_path to the caller."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.model import Function
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, function_ref
from policytool.rule import Context, FunctionRule


class DefinerSearchPath(FunctionRule):
    """A SECURITY DEFINER function leaves its search_path to the caller."""

    name = "definer-search-path"
    severity = "error"
    splinter = "0011_function_search_path_mutable"
    cwe = 426

    def check(self, function: Function, context: Context) -> Iterator[Finding]:
        """Definer functions without a search_path of their own; a warning where clients cannot call them directly."""
        if not function.security_definer or function.atomic or function.language not in ("sql", "plpgsql"):
            return
        if any(s.startswith("search_path=") for s in function.settings):
            return
        access = context.access
        callers = [] if function.returns in ("trigger", "event_trigger") else list(access.executors(function))
        exposed = bool(callers) and access.profile.exposes(function.schema)
        kind = "procedure" if function.kind == "procedure" else "function"
        ref = function_ref(function)
        target = f"{identifier(function.schema)}.{ref.name}"
        extensions = ", extensions" if "extensions" in context.catalog.schemas else ""
        yield self.finding(
            ref,
            f"{function.schema}.{ref.name} runs with the rights of {function.owner} and looks names up where its caller "
            "says: a table put before yours in the search_path is used instead",
            at=function.made if function.changed is None else function.changed,
            severity=None if exposed else "warning",
            confidence="medium",
            because=access.because(callers[-1], ("EXECUTE",), function) if exposed else (),
            fix=Fix(
                sql=f"alter {kind} {target} set search_path = {identifier(function.schema)}{extensions}, pg_temp;",
                safety="safe",
                note="better still: search_path = '' and a schema before every name in the body",
            ),
        )
