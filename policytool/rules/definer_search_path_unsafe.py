"""The search_path of a SECURITY DEFINER function lets callers put objects of theirs before yours."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.searched import called, looked_up, own_path
from policytool.access.wording import and_list, widest
from policytool.catalog.model import Function
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Related, Severity, function_ref
from policytool.rule import Context, FunctionRule


class DefinerSearchPathUnsafe(FunctionRule):
    """The search_path of a SECURITY DEFINER function lets callers put objects of theirs before yours."""

    name = "definer-search-path-unsafe"
    severity = "warning"
    cwe = 426

    def check(self, function: Function, context: Context) -> Iterator[Finding]:
        """Definer functions whose bodies leave names to a path that clients can write to, an error; or to one that does
        not end in pg_temp, where they could make temporary tables: the clients of an API cannot, so that is info."""
        if not function.security_definer or function.atomic or function.language not in ("sql", "plpgsql"):
            return
        path = own_path(function)
        if not path or not self._callable(function, context):
            return
        writable = [(s, roles) for s in path if (roles := self._writers(s, context))]
        tables = looked_up(function) if writable or path[-1] != "pg_temp" else ()
        names = tables or (called(function) if writable else ())
        if writable and names:
            yield self._written(function, names, writable, context)
        elif names and path[-1] != "pg_temp":
            yield self._temporary(function, names, path, context)

    def _callable(self, function: Function, context: Context) -> bool:
        """A trigger function runs for whoever writes to its table."""
        return function.returns in ("trigger", "event_trigger") or bool(context.access.executors(function))

    def _writers(self, name: str, context: Context) -> tuple[str, ...]:
        access, schema = context.access, context.catalog.schemas.get(name)
        return tuple(r for r in access.clients if schema is not None and access.can(r, "CREATE", schema))

    def _written(
        self,
        function: Function,
        names: tuple[str, ...],
        writable: list[tuple[str, tuple[str, ...]]],
        context: Context,
    ) -> Finding:
        (schema, roles), ref = writable[0], function_ref(function)
        grantees = ", ".join("public" if r == "public" else identifier(r) for r in roles)
        item = context.catalog.schemas[schema]
        return self.finding(
            ref,
            f"{function.schema}.{ref.name} runs with the rights of {function.owner} and looks up {and_list(names[:3])} "
            f"in schema {schema}, where {'every role' if 'public' in roles else and_list(roles)} can put others",
            at=context.settled(function, "settings", "security_definer"),
            severity="error",
            because=context.access.because(widest(roles), ("CREATE",), item),
            fix=Fix(sql=f"revoke create on schema {identifier(schema)} from {grantees};", safety="safe"),
        )

    def _temporary(
        self, function: Function, names: tuple[str, ...], path: tuple[str, ...], context: Context
    ) -> Finding:
        ref, severity = function_ref(function), self._severity(context)
        kind = "procedure" if function.kind == "procedure" else "function"
        last = ", ".join((*(identifier(s) for s in path if s != "pg_temp"), "pg_temp"))
        return self.finding(
            ref,
            f"{function.schema}.{ref.name} runs with the rights of {function.owner} and looks up {and_list(names[:3])}"
            ": temporary tables come first where pg_temp is not last in search_path, and any caller with a connection "
            "can make one of that name",
            at=context.settled(function, "settings", "security_definer"),
            severity=severity,
            because=(Related(message="clients reach it by the API, which makes none"),) if severity == "info" else (),
            fix=Fix(
                sql=f"alter {kind} {identifier(function.schema)}.{ref.name} set search_path = {last};", safety="safe"
            ),
        )

    def _severity(self, context: Context) -> Severity:
        return "info" if context.access.profile.platform == "supabase" else self.severity
