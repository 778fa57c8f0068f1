"""What a person's token and settings say because their rows say it."""

from __future__ import annotations

from collections.abc import Mapping

from policytool.testing.observed.people import Person
from policytool.testing.observed.switches import SETTING, is_own
from policytool.testing.observed.worlds import Worlds, handle


def claims_of(
    worlds: Worlds, who: Person, rows: Mapping[str, Mapping[str, str | None]]
) -> tuple[dict[str, str], dict[str, object]]:
    """(settings, claims) that say what rows of theirs say: the tenant, or the person where no token does."""
    settings: dict[str, str] = {}
    claims: dict[str, object] = {}
    for (table, column), path in worlds.switches.named.items():
        if table not in worlds.ties or is_own(path) or path[0] == "user_metadata":
            continue
        ties = worlds.ties[table]
        owner = who.name if column in ties.users or ties.single else who.world
        row = rows.get(handle(table, owner))
        value = row.get(column) if row else None
        if value is None:
            continue
        if path[0] == SETTING:
            settings.setdefault(path[1], value)
        else:
            sent: object = value
            for step in reversed(path[1:]):
                sent = {step: sent}
            known = claims.setdefault(path[0], sent)
            if isinstance(known, dict) and isinstance(sent, dict):
                claims[path[0]] = {**sent, **known}
    return settings, claims
