"""Default privileges are revoked in a schema, but what gives them is not the schema's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from policytool.access.client_grants import listed, named
from policytool.access.revokes import grantees_of, repeated
from policytool.access.spelled import grantees
from policytool.access.wording import and_list
from policytool.catalog.build.acl import AclKind, all_privileges, built_in
from policytool.catalog.model import Grant
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Related, schema_ref
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.node import kind_of, names

Node = Mapping[str, Any]
KINDS: Mapping[str, AclKind] = {
    "OBJECT_TABLE": "TABLES", "OBJECT_SEQUENCE": "SEQUENCES", "OBJECT_FUNCTION": "FUNCTIONS", "OBJECT_TYPE": "TYPES",
}  # fmt: skip


class Aim(Struct, frozen=True, kw_only=True):
    """What one ALTER DEFAULT PRIVILEGES … IN SCHEMA … REVOKE wants gone."""

    makers: tuple[str, ...]
    schemas: tuple[str, ...]
    kind: AclKind
    privileges: tuple[str, ...]
    roles: tuple[str, ...]


class DefaultRevokeIneffective(StatementRule):
    """Default privileges are revoked in a schema, but what gives them is not the schema's."""

    name = "default-revoke-ineffective"
    severity = "warning"
    cwe = 276

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """REVOKE with IN SCHEMA of what Postgres itself, or a default for all schemas, gives at the end."""
        aim = _aim(step)
        if aim is None or repeated(step, context.history):
            return
        for schema in aim.schemas:
            for maker in aim.makers:
                kept = _kept(aim, maker, schema, context)
                if kept and schema in context.catalog.schemas:
                    yield self._found(step, aim, schema, maker, kept)

    def _found(self, step: Step, aim: Aim, schema: str, maker: str, kept: dict[str, tuple[Grant, ...]]) -> Finding:
        privileges = listed(g.privilege for grants in kept.values() for g in grants)
        givers = tuple(dict.fromkeys(g.grantee for grants in kept.values() for g in grants))
        kind = aim.kind.lower()
        built = all(g.made is None for grants in kept.values() for g in grants)
        why = "Postgres itself gives it" if built else "a default for all schemas gives it"
        return self.finding(
            schema_ref(schema),
            f"this takes nothing from {named(kept)}: new {kind} that {maker} makes in schema {schema} still come with "
            f"{and_list(privileges)} for {named(givers)}; {why}, and a schema's defaults can only add to that",
            at=step.statement.location,
            because=tuple(
                Related(message="a default for all schemas", location=g.made)
                for grants in kept.values()
                for g in grants
                if g.made is not None
            ),
            fix=Fix(
                sql=f"alter default privileges for role {identifier(maker)} "
                f"revoke {', '.join(p.lower() for p in privileges)} on {kind} from {grantees(givers)};",
                note=f"holds for {kind} made from then on, in every schema",
            ),
            key=" ".join((maker, kind, *privileges, *sorted(kept))),
        )


def _aim(step: Step) -> Aim | None:
    node = step.statement.node
    action = node.get("action", {})
    if step.statement.kind != "AlterDefaultPrivilegesStmt" or action.get("is_grant") or action.get("grant_option"):
        return None
    options = {o["DefElem"]["defname"]: o["DefElem"]["arg"]["List"]["items"] for o in node.get("options", ())}
    kind = KINDS.get(action.get("objtype", ""))
    if "schemas" not in options or kind is None:
        return None
    given = [p["AccessPriv"].get("priv_name", "").upper() for p in action.get("privileges", ())]
    makers = tuple(b["rolename"] for s in options.get("roles", ()) if "rolename" in (b := kind_of(s)[1]))
    return Aim(
        makers=makers or ("postgres",),  # who runs the migrations
        schemas=names(options["schemas"]),
        kind=kind,
        privileges=tuple(given) or all_privileges(kind, 17),
        roles=tuple(grantees_of(action)),
    )


def _kept(aim: Aim, maker: str, schema: str, context: Context) -> dict[str, tuple[Grant, ...]]:
    """For each role what it still gets at the end, itself or through PUBLIC, whatever the schema's own entry says."""
    entries = [d for d in context.catalog.default_privileges if (d.role, d.kind) == (maker, aim.kind)]
    everywhere = next((d for d in entries if d.schema is None), None)
    gone = {(g.grantee, g.privilege) for g in everywhere.revoked} if everywhere else set()
    given = [g for g in built_in(aim.kind, maker, 17) if (g.grantee, g.privilege) not in gone]
    given += everywhere.grants if everywhere else ()
    found: dict[str, tuple[Grant, ...]] = {}
    for role in aim.roles:
        members = context.access.privileges.closure(role)
        kept = tuple(g for g in given if g.grantee in members and g.privilege in aim.privileges and g.grantee != maker)
        if kept and role != maker:
            found[role] = kept
    return found
