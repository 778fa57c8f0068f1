"""A role that anybody can act as can become, over several memberships, one that no policy binds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from policytool.access.powers import gateways, ways_round
from policytool.access.wording import and_list, who
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Related, role_ref
from policytool.rule import CatalogRule, Context


class BypassReachable(CatalogRule):
    """A role that anybody can act as can become, over several memberships, one that no policy binds."""

    name = "bypass-reachable"
    severity = "error"
    cwe = 269

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each client, or login of clients, and each way. A single step is `privileged-membership`."""
        access = context.access
        places = {(m.member, m.role): m.made for m in context.catalog.memberships}
        for start in (*access.clients, *gateways(access)):
            for way in ways_round(start, access):
                steps = list(pairwise(way))
                whom = who(start) if start in access.clients else "whoever has its password"
                yield self.finding(
                    role_ref(start),
                    f"{start} can SET ROLE to {way[1]}, and so to {and_list(way[2:])}, which no policy binds: "
                    f"{whom} can go past all of them",
                    at=places[steps[0]],
                    because=tuple(
                        Related(message=f"{m} is a member of {r}", location=places[m, r]) for m, r in steps[1:]
                    ),
                    fix=Fix(sql=f"revoke {identifier(way[1])} from {identifier(start)};"),
                    key=way[-1],
                )
