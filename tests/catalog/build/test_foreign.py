"""Foreign-data wrappers, servers, user mappings and foreign tables: the builder and a server end with the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.agreement import differences
from tests.catalog.build.support import built, folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

BEFORE = "create foreign data wrapper w options (a 'b'); create server s foreign data wrapper w options (host 'h');"
FOREIGN = [
    "create foreign data wrapper w",
    "create foreign data wrapper x no handler no validator",
    "alter foreign data wrapper w options (set a 'x', add c 'd')",
    "alter foreign data wrapper w options (c 'd'); alter foreign data wrapper w options (drop a)",
    "alter foreign data wrapper w options (set nope 'x')",
    "alter foreign data wrapper w options (drop nope)",
    "alter foreign data wrapper w options (add a 'x')",
    "alter foreign data wrapper nope options (a 'x')",
    "create server t type 'oracle' version '19' foreign data wrapper w",
    "create server s foreign data wrapper w",
    "create server if not exists s foreign data wrapper w",
    "alter server s version '2' options (set host 'i', add port '1')",
    "alter server s version '2'; alter server s version null",
    "alter server nope version '2'",
    "comment on server s is 'said'",
    "create user mapping for current_user server s options (user 'u')",
    "create user mapping for public server s; create user mapping for public server s",
    "create user mapping for public server s; create user mapping if not exists for public server s",
    "create user mapping for public server nope",
    "create user mapping for public server s; drop user mapping for public server s",
    "drop user mapping for public server s",
    "drop user mapping if exists for public server s",
    "drop user mapping if exists for public server nope",
    "alter user mapping for public server s options (user 'x')",
    "create user mapping for public server s options (user 'u'); "
    "alter user mapping for public server s options (set user 'v')",
    "create foreign table f (a int not null, b text) server s options (t 'u')",
    "create foreign table f (a int) server s; create foreign table if not exists f (b int) server s",
    "create foreign table f (a int) server nope",
    "create foreign table f (a int primary key) server s",
    "create foreign table f (a int check (a > 0)) server s; create policy p on f using (true)",
    "create table p (a int) partition by range (a); create foreign table f partition of p for values from (1) to "
    "(2) server s",
    "create foreign table f (a int) server s; comment on foreign table f is 'said'; comment on table f is 'no'",
]


@pytest.mark.parametrize("sql", FOREIGN)
def test_foreign_objects_are_as_on_a_server(database: Connection, sql: str) -> None:
    """Wrappers, servers, mappings and foreign tables are on a server what the builder says, or are refused alike."""
    assert differences(database, BEFORE + sql) == []


def test_secrets_of_servers_are_hidden() -> None:
    """Options that look like secrets are kept as `name=***`; of a user mapping only the user's name is kept."""
    catalog = built(
        "create foreign data wrapper w; create server s foreign data wrapper w options (host 'h', api_key 'hunter2');"
        "alter server s options (password 'hunter2');"
        "create user mapping for public server s options (user 'u', whatever 'hunter2');"
    )
    assert catalog.servers["s"].options == ("host=h", "api_key=***", "password=***")
    assert catalog.others[("user mapping", "", "FOR public SERVER s")].definition == "user=u, whatever=***"
    assert "hunter2" not in repr(catalog)


def test_foreign_tables_know_their_server() -> None:
    """A foreign table has its server and options, and row security is refused on it."""
    state, refused = folded(
        BEFORE + "create foreign table f (a int) server s options (t 'u'); alter table f enable row level security"
    )
    table = state.tables[("public", "f")]
    assert (table.kind, table.server, table.server_options) == ("foreign table", "s", ("t=u",))
    assert [code for _, code in refused] == ["42809"]


def test_an_unknown_wrapper_is_assumed() -> None:
    """A server of a wrapper that an extension made by hand would have brought is kept."""
    state, refused = folded("create server s foreign data wrapper gone")
    assert (refused, state.servers["s"].wrapper) == ([], "gone")
    assert [u.kind for u in state.unmodelled] == ["assumed"]
