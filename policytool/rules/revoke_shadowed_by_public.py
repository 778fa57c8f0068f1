"""A privilege is revoked from a role that still has it through PUBLIC or another role."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.client_grants import listed, named
from policytool.access.revokes import Revoke, repeated, revokes
from policytool.access.spelled import Owned, granted, grantees
from policytool.access.wording import and_list
from policytool.catalog.build.acl import all_privileges
from policytool.catalog.model import Function, Schema, Sequence, Table, View
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Severity, lowered, ref_of, schema_ref
from policytool.rule import Context, StatementRule, Step

Vain = tuple[Revoke, dict[str, tuple[str, ...]]]  # role → the privileges that it still has


class RevokeShadowedByPublic(StatementRule):
    """A privilege is revoked from a role that still has it through PUBLIC or another role."""

    name = "revoke-shadowed-by-public"
    severity = "error"
    cwe = 732

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """One finding for each object of the statement; one for the schema where it is about all that is in it."""
        found = [(r, held) for r in revokes(step, context.history, context.access) if (held := _held(r, context))]
        if not found or repeated(step, context.history):
            return
        if step.statement.node.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
            schemas = dict.fromkeys(r.now.schema for r, _ in found if not isinstance(r.now, Schema))
            for schema in schemas:
                yield self._swept(schema, [v for v in found if getattr(v[0].now, "schema", None) == schema], context)
        else:
            for revoke, held in found:
                yield self._one(revoke, held, context)

    def _one(self, revoke: Revoke, held: dict[str, tuple[str, ...]], context: Context) -> Finding:
        item, roles = revoke.now, tuple(held)
        privileges = listed(p for found in held.values() for p in found)
        through = _through(revoke, held, context)
        return self.finding(
            ref_of(item),
            f"this does not shut {named(roles)} out: {'it has' if len(roles) == 1 else 'they have'} "
            f"{and_list(privileges)} on {granted(item)} through {named(through)}",
            at=revoke.step.statement.location,
            severity=_severity(item, roles, context),
            because=tuple(dict.fromkeys(b for r in roles for b in context.access.because(r, held[r], item))),
            fix=_fix((revoke,), held, through, granted(item), context),
            key=_key(held),
        )

    def _swept(self, schema: str, found: list[Vain], context: Context) -> Finding:
        held = {role: privileges for _, one in found for role, privileges in one.items()}
        through = tuple(dict.fromkeys(t for r, one in found for t in _through(r, one, context)))
        first, kind = found[0][0], _kind(found[0][0].now)
        ranked: list[Severity] = [_severity(r.now, tuple(one), context) or self.severity for r, one in found]
        return self.finding(
            schema_ref(schema),
            f"this does not shut {named(held)} out: {'it has' if len(held) == 1 else 'they have'} "
            f"{and_list(listed(p for ps in held.values() for p in ps))} on {granted(first.now)}"
            f"{f' and {len(found) - 1} more' if len(found) > 1 else ''} through {named(through)}",
            at=first.step.statement.location,
            severity=min(ranked, key=("error", "warning", "info").index),
            because=tuple(context.access.because(next(iter(found[0][1])), found[0][1].popitem()[1], first.now)),
            fix=_fix([r for r, _ in found], held, through, f"all {kind} in schema {identifier(schema)}", context),
            key=f"{kind} {_key(held)}",
        )


def _held(revoke: Revoke, context: Context) -> dict[str, tuple[str, ...]]:
    """The privileges that each role still has, by no grant to itself."""
    item = revoke.now
    if revoke.columns or (isinstance(item, Function) and item.returns in ("trigger", "event_trigger")):
        return {}
    wanted = revoke.privileges if revoke.privileges is not None else _all(item)
    found: dict[str, tuple[str, ...]] = {}
    for role in revoke.roles:
        if role == "public" or role == item.owner or context.access.privileges.superuser(role):
            continue
        vain = []
        for privilege in wanted:
            standing = revoke.standing(role, privilege, context.access)
            if standing and all(g.grantee != role for g in standing):
                vain.append(privilege)
        if vain:
            found[role] = tuple(vain)
    return found


def _all(item: Owned) -> tuple[str, ...]:
    match item:
        case Table() | View():
            return all_privileges("TABLES", 17)
        case Function():
            return all_privileges("FUNCTIONS", 17)
        case Sequence():
            return all_privileges("SEQUENCES", 17)
    return ("CREATE",)  # whoever may name anything in a schema has USAGE through PUBLIC in some way or other


def _kind(item: Owned) -> str:
    return "functions" if isinstance(item, Function) else "sequences" if isinstance(item, Sequence) else "tables"


def _through(revoke: Revoke, held: dict[str, tuple[str, ...]], context: Context) -> tuple[str, ...]:
    found = (g.grantee for r, ps in held.items() for p in ps for g in revoke.standing(r, p, context.access))
    return tuple(dict.fromkeys(found))


def _severity(item: Owned, roles: tuple[str, ...], context: Context) -> Severity | None:
    """An error where a client can call a function that runs as its owner; less where it runs as the client."""
    access = context.access
    severity: Severity = "error" if isinstance(item, Function) and item.security_definer else "warning"
    schema = item.name if isinstance(item, Schema) else item.schema
    reached = any(r in access.clients and access.privileges.uses(r, schema) for r in roles)
    return severity if reached and access.profile.exposes(schema) else lowered(severity)


def _fix(
    revoked: list[Revoke] | tuple[Revoke, ...],
    held: dict[str, tuple[str, ...]],
    through: tuple[str, ...],
    what: str,
    context: Context,
) -> Fix | None:
    if through != ("public",):
        return None  # it comes by a membership: what to take away is not for us to say
    privileges = ", ".join(p.lower() for p in listed(p for ps in held.values() for p in ps))
    kept = [r for r in ("authenticated", "service_role") if r in context.catalog.roles and r not in held]
    back = f"\ngrant {privileges} on {what} to {grantees(kept)};" if kept else ""
    helper = any(isinstance(r.now, Function) and context.access.helpers.in_policies(r.now) for r in revoked)
    return Fix(
        sql=f"revoke {privileges} on {what} from public;{back}",
        note="policies call it: whoever they are for must be able to" if helper else None,
    )


def _key(held: dict[str, tuple[str, ...]]) -> str:
    return " ".join((*listed(p for ps in held.values() for p in ps), *sorted(held)))
