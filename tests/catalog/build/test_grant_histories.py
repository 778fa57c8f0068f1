"""Long random histories of GRANT and REVOKE end with the same privileges on a server and in the builder."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.contrast import contrast

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = ("relation grants", "schemas", "functions", "default privileges", "memberships", "tables")
BEFORE = """create role a; create role b noinherit; create role c; create role d; create schema n;
    grant all on schema n to public; create table t (x int, y int); create table n.u (x int, z int);
    create view v as select x from t; create sequence s; create function f() returns int language sql as 'select 1';"""
ROLES = ("a", "b", "c", "d")
ON_TABLE = ("select", "insert", "update", "delete", "references", "trigger", "truncate", "maintain")
ON_COLUMN = ("select", "insert", "update", "references")


class History:
    """Statements drawn at random, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def statements(self) -> list[str]:
        """Grants and revokes by several roles, and now and then another owner, member or default."""
        kinds = (
            self.table,
            self.columns,
            self.other,
            self.everything,
            self.role,
            self.membership,
            self.owner,
            self.default,
        )
        drawn = self.random.choices(kinds, weights=(8, 6, 3, 1, 4, 2, 1, 1), k=30)
        return [*(kind() for kind in drawn), "reset role;"]

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def some(self, choices: tuple[str, ...]) -> str:
        return ", ".join(self.random.sample(choices, self.random.randint(1, 3)))

    def to_or_from(self, privileges: str, target: str) -> str:
        grantee = self.pick(*ROLES, *ROLES, "public", "postgres")
        if self.random.random() < 0.6:
            return f"grant {privileges} on {target} to {grantee}{self.pick('', ' with grant option')};"
        option, cascade = self.pick("", "", "grant option for "), self.pick("", " cascade")
        return f"revoke {option}{privileges} on {target} from {grantee}{cascade};"

    def table(self) -> str:
        return self.to_or_from(
            self.pick(self.some(ON_TABLE), self.some(ON_TABLE), "all privileges"), self.pick("t", "v")
        )

    def columns(self) -> str:
        listed = ", ".join(f"{p} ({self.pick('x', 'y', 'x, y')})" for p in self.random.sample(ON_COLUMN, 2))
        return self.to_or_from(listed, "t")

    def other(self) -> str:
        kinds = ("usage|sequence s", "select, update|sequence s", "execute|function f()", "usage, create|schema n")
        privileges, _, target = self.pick(*kinds).partition("|")
        return self.to_or_from(privileges, target)

    def everything(self) -> str:
        return self.to_or_from(self.some(ON_TABLE), f"all tables in schema {self.pick('n', 'public')}")

    def role(self) -> str:
        return self.pick("reset role;", f"set role {self.pick(*ROLES)};")

    def membership(self) -> str:
        options = self.pick("", " with inherit false", " with admin true", " with set false")
        role, member = self.pick(*ROLES), self.pick(*ROLES)
        return self.pick(f"grant {role} to {member}{options};", f"revoke {role} from {member};")

    def owner(self) -> str:
        return f"reset role; alter table {self.pick('t', 'n.u', 'v')} owner to {self.pick(*ROLES)};"

    def default(self) -> str:
        whose, where = self.pick("", f"for role {self.pick(*ROLES)} "), self.pick("", "in schema n ")
        what = self.pick(
            f"grant select on tables to {self.pick(*ROLES)}",
            f"revoke all on tables from {self.pick(*ROLES)}",
            "revoke execute on functions from public",
        )
        made = f"create table public.made_{self.random.randrange(10**9)} (i int);"
        return f"reset role; alter default privileges {whose}{where}{what}; {made}"


@pytest.mark.parametrize("seed", range(16))
def test_a_history_of_grants(cluster: Connection, seed: int) -> None:
    """Whatever is granted, passed on and taken back, and by whom, both hold the same and refuse the same."""
    assert contrast(cluster, BEFORE + "\n".join(History(seed).statements()), FACETS) == []
