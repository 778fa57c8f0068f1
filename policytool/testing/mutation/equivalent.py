"""Mutants that certainly change nothing for anybody who acts, by reasoning alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from msgspec import structs

from policytool.access import Access, Conventions, Side, make_profile
from policytool.access.containment import beyond
from policytool.access.policies import commands_of
from policytool.access.row_filter import expression, side_of
from policytool.catalog.build.platform import Platform
from policytool.catalog.expression.references import references
from policytool.catalog.model import Name, Policy, Table
from policytool.catalog.objects import Catalog
from policytool.testing.mutation.implied import implied
from policytool.testing.mutation.mutants import COMMANDS, TRUE, Mutant
from policytool.testing.mutation.touches import Reader


class Reasoner:
    """Answers for one catalog and the roles that somebody acts as."""

    def __init__(
        self, catalog: Catalog, platform: Platform, roles: Collection[str], readers: Mapping[Name, Collection[Reader]]
    ) -> None:
        profile = make_profile(catalog, platform.family, exposed_schemas=platform.exposed_schemas or None)
        self._access = Access(catalog, profile, Conventions())
        self._catalog = catalog
        self._readers = readers
        owners = {f.owner for f in catalog.functions.values() if f.security_definer and f.origin is None}
        owners |= {v.owner for v in catalog.views.values() if v.origin is None}
        self._roles = tuple(sorted({*roles, *owners} & catalog.roles.keys()))

    def why(self, mutant: Mutant) -> str:
        """Why it changes nothing; '' where that is not certain."""
        if mutant.kind == "grant added":
            return self._grant(mutant)
        if not mutant.before.rls_enabled:
            return "row level security is off, no policy has a say"
        if mutant.kind == "row security off":
            bound = [r for r in self._bound(mutant.before) if self._holds(r, COMMANDS, mutant.before)]
            return "" if bound else "nobody whom policies bind has a privilege on it"
        return self._policy(mutant)

    def _grant(self, mutant: Mutant) -> str:
        table, role = mutant.after, mutant.grantee
        if not self._access.privileges.uses(role, table.schema):
            return f"{role} has no USAGE on schema {table.schema}"
        if mutant.privilege == "SELECT" and any(
            self._met(role, *reader) for reader in self._readers.get(mutant.table, ())
        ):
            return ""  # a policy that reads the table no longer fails
        if not table.rls_enabled or self._access.exempt(role, table):
            return ""
        permissive = [p for p in self._applying(role, table, mutant.privilege) if p.permissive]
        side: Side = "check" if mutant.privilege == "INSERT" else "using"
        if any(self._may_hold(p, side, table, role) for p in permissive):
            return ""
        return f"no policy lets {role} {mutant.privilege.lower()} any row"

    def _policy(self, mutant: Mutant) -> str:
        before, after, table = mutant.policy, mutant.mutated, mutant.before
        assert before is not None
        if after is not None and _meaning(before) == _meaning(after):
            return "it says the same"
        met = [r for r in self._bound(table) if self._meets(r, before, table) or self._meets(r, after, table)]
        if not met:
            return "nobody whom it is for has the privilege"
        if mutant.kind == "widened to public":
            new = [r for r in met if not self._meets(r, before, table)]
            if not new:
                return "it is for all who have the privilege already"
            if before.permissive and not any(self._may_hold(before, s, table, r) for r in new for s in _SIDES):
                return f"it lets nothing through for {' and '.join(new)}"
        if before.permissive and self._shadowed(before, after, table):
            return "another policy admits all that it does, whatever it says"
        if after is None and before.permissive and self._double(before, table):
            return "another policy says the same"
        if mutant.without is not None and implied(mutant.without, table, self._catalog):
            return "a foreign key has it so already"
        return self._frozen(mutant, met)

    def same_rows(self, mutant: Mutant) -> str:
        """Whether conditions alone show that all reach the same rows as before; why, or ''."""
        if mutant.policy is None:
            return ""
        other = Access(with_table(self._catalog, mutant.after), self._access.profile, Conventions())
        for role in self._bound(mutant.before):
            for command in commands_of(mutant.policy):
                if not self._access.reach(role, command, mutant.before):
                    continue
                for side in _SIDES if command == "UPDATE" else (side_of(command),):
                    now = self._access.contained.rows(role, mutant.before, command, side)
                    then = other.contained.rows(role, mutant.after, command, side)
                    if now is None or then is None or beyond(then, now) or beyond(now, then):
                        return ""
        return "the conditions of all policies together let the same rows through"

    def _frozen(self, mutant: Mutant, met: Collection[str]) -> str:
        """Old and new rows meet the same condition, and nobody may update a column that it looks at."""
        before, after, table = mutant.policy, mutant.mutated, mutant.before
        if after is None or before is None or before.command != "UPDATE" or mutant.kind == "widened to public":
            return ""
        using, check = expression(before, "using"), expression(before, "check")
        if using is None or using != check or mutant.kind not in ("policy opened", "check opened", "condition dropped"):
            return ""
        if expression(after, "using") != using and expression(after, "check") != check:
            return ""
        columns = references(using).own_columns
        whole = "*" in using or re.search(rf"[(,] ?{re.escape(table.name)}[),]", using)
        others = [p for p in table.policies if p is not before and p.permissive and p.command in ("UPDATE", "ALL")]
        if not columns or whole or others:
            return ""
        may = self._access.privileges
        if any(may.can(role, "UPDATE", table, column) for role in met for column in columns):
            return ""
        if any(self._sets(trigger.function, columns) for trigger in table.triggers if trigger.timing == "BEFORE"):
            return ""
        return "nobody may update a column that it looks at, so that the same changes pass"

    def _sets(self, name: Name, columns: Collection[str]) -> bool:
        """Whether the body of a trigger's function speaks of one of the columns."""
        bodies = [f.body for f in self._catalog.functions.values() if (f.schema, f.name) == name]
        return not bodies or any(re.search(rf"\b{re.escape(c)}\b", body) for c in columns for body in bodies)

    def _met(self, role: str, name: Name, policy: str) -> bool:
        """Whether a policy of a table has a say in what the role may try."""
        table = self._catalog.tables[name]
        return not self._access.exempt(role, table) and any(
            self._meets(role, p, table) for p in table.policies if p.name == policy
        )

    def _bound(self, table: Table) -> Iterator[str]:
        return (role for role in self._roles if not self._access.exempt(role, table))

    def _holds(self, role: str, commands: Collection[str], table: Table) -> bool:
        return any(self._access.reach(role, command, table) for command in commands)

    def _meets(self, role: str, policy: Policy | None, table: Table) -> bool:
        """Whether a policy has a say in what the role may try."""
        if policy is None or not self._access.privileges.closure(role) & set(policy.roles):
            return False
        # What reads columns of the rows that it writes also meets the policies for SELECT.
        commands = COMMANDS if policy.command in ("ALL", "SELECT") else (policy.command,)
        return self._holds(role, commands, table)

    def _applying(self, role: str, table: Table, command: str) -> list[Policy]:
        members = self._access.privileges.closure(role)
        return [p for p in table.policies if p.command in ("ALL", command) and members & set(p.roles)]

    def _may_hold(self, policy: Policy, side: Side, table: Table, role: str) -> bool:
        says = self._access.predicate(policy, side, table)
        return says is not None and says.holds(anonymous=self._access.anonymous(role))

    def _shadowed(self, before: Policy, after: Policy | None, table: Table) -> bool:
        """Whether an open policy covers it, before and after."""
        roles = set(before.roles) | set(after.roles if after is not None else ())
        for other in table.policies:
            wide = "public" in other.roles or roles <= set(other.roles)
            if other.name == before.name or not other.permissive or not wide:
                continue
            if other.command in ("ALL", before.command) and all(
                expression(other, side) == TRUE for side in _sides(before)
            ):
                return True
        return False

    def _double(self, policy: Policy, table: Table) -> bool:
        for other in table.policies:
            if other.name == policy.name or not other.permissive:
                continue
            covers = other.command in ("ALL", policy.command)
            covers = covers and ("public" in other.roles or set(policy.roles) <= set(other.roles))
            if covers and all(expression(other, s) == expression(policy, s) for s in _sides(policy)):
                return True
        return False


_SIDES: tuple[Side, ...] = ("using", "check")


def _sides(policy: Policy) -> tuple[Side, ...]:
    match policy.command:
        case "INSERT":
            return ("check",)
        case "SELECT" | "DELETE":
            return ("using",)
    return _SIDES


def _meaning(policy: Policy) -> tuple[object, ...]:
    return frozenset(policy.roles), *(expression(policy, side) for side in _sides(policy))


def with_table(catalog: Catalog, table: Table) -> Catalog:
    """The catalog with another state of a table."""
    return structs.replace(catalog, tables={**catalog.tables, (table.schema, table.name): table})
