"""What people say of themselves when they sign up decides what they may do."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.signup import METADATA, Taken, taken
from policytool.access.wording import and_list
from policytool.catalog.model import Function, Trigger
from policytool.finding import Finding, Related, function_ref
from policytool.rule import Context, FunctionRule

_USERS = ("auth", "users")


class SignupTriggerTrustsMetadata(FunctionRule):
    """What people say of themselves when they sign up decides what they may do."""

    name = "signup-trigger-trusts-metadata"
    severity = "error"
    confidence = "medium"
    cwe = 269

    def check(self, function: Function, context: Context) -> Iterator[Finding]:
        """Functions that a trigger on auth.users runs, and that write metadata into roles, plans and flags."""
        if METADATA not in function.body:
            return
        trigger = _trigger(function, context)
        found = list(taken(function, context.access)) if trigger is not None else []
        if trigger is None or not found:
            return
        ref = function_ref(function)
        columns = list(dict.fromkeys(f"{t.table.schema}.{t.table.name}.{t.column}" for t in found))
        yield self.finding(
            ref,
            f"anybody who signs up chooses {and_list(columns[:3])}: trigger {trigger.name} runs "
            f"{function.schema}.{ref.name}, which takes it from {METADATA}{_key(found)}",
            at=context.settled(function, "body"),
            because=(Related(message=f"trigger {trigger.name} runs it for each new user", location=trigger.made),),
        )


def _trigger(function: Function, context: Context) -> Trigger | None:
    users = context.catalog.tables.get(_USERS)
    wanted = (function.schema, function.name)
    found = (t for t in (users.triggers if users is not None else ()) if t.function == wanted)
    return next((t for t in found if t.enabled != "DISABLED" and {"INSERT", "UPDATE"} & set(t.events)), None)


def _key(found: list[Taken]) -> str:
    return "" if found[0].key == METADATA else f" ->> '{found[0].key}', which the client sends"
