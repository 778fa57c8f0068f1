"""Why, on a Postgres of nobody's platform: inherited roles, owners, forced row security, settings instead of claims."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policytool.catalog.objects import Catalog
from policytool.postgres.entitled import actors, entitled
from policytool.postgres.platform import apply_migrations
from policytool.postgres.server import Server
from policytool.postgres.session import Session, open_session
from policytool.testing.actors import Actor, plain
from tests.catalog.build.support import built
from tests.testing.trying import why

SQL = """
create role staff; create role clerk in role staff; create role temp noinherit in role staff; create role keeper;
grant create on schema public to keeper;
create table files (id integer primary key, tenant text not null);
alter table files enable row level security;
create policy "staff of the tenant" on files for select to staff using (tenant = current_setting('app.tenant', true));
grant select on files to staff, temp;
create table safe (id integer primary key);
alter table safe owner to keeper;
alter table safe enable row level security;
create table vault (id integer primary key);
alter table vault owner to keeper;
alter table vault enable row level security;
alter table vault force row level security;
"""
ROWS = "insert into files values (1, 'a'), (2, 'b'); insert into safe values (1); insert into vault values (1)"


@pytest.fixture
def project(postgres_server: Server) -> Iterator[tuple[Session, Catalog]]:
    name = postgres_server.create_database("postgres_plain", owner="postgres")
    results = apply_migrations(postgres_server, name, [SQL])
    assert [r.error.message for r in results if r.error] == []
    try:
        with (
            entitled(postgres_server) as user,
            open_session(actors(postgres_server, name, user)) as session,
            session.transaction(),
        ):
            assert session.bypass(ROWS, keep=True).ran
            yield session, built(SQL)
    finally:
        with postgres_server.connect(name) as connection:
            for role in ("clerk", "temp", "staff", "keeper"):
                connection.execute(f"drop owned by {role}; drop role {role}".encode())
        postgres_server.drop_database(name)


def test_roles_and_settings(project: tuple[Session, Catalog]) -> None:
    """Whose policies bind is a matter of inheritance and ownership; who one is may be a setting."""
    session, catalog = project

    def told(who: Actor, sql: str) -> str:
        return why(session, catalog, who, sql).text

    clerk = plain("clerk", settings={"app.tenant": "a"})
    assert told(clerk, "select from files where id = 1") == (
        'allowed: policy "staff of the tenant" (test.sql:6) of public.files admits it, '
        "and clerk has SELECT as a member of staff, by a grant (test.sql:7)"
    )
    assert told(clerk, "select from files where id = 2") == (
        "filtered: no SELECT policy of public.files lets clerk read a row of it; "
        'policy "staff of the tenant" (test.sql:6) asks for '
        "tenant = current_setting('app.tenant', TRUE), and tenant is b"
    )
    assert told(plain("temp"), "select from files where id = 1").startswith(
        "filtered: no policy of public.files is for SELECT by temp"
    )
    assert told(plain("keeper"), "select from safe").startswith(
        "allowed: keeper owns public.safe, whose row level security is not forced"
    )
    assert told(plain("keeper"), "select from vault") == "filtered: no policy of public.vault is for SELECT by keeper"


def test_nobody_becomes_a_superuser(project: tuple[Session, Catalog]) -> None:
    """Who goes past row security has the owner's rights on tables; the owner itself is no superuser meanwhile."""
    session, _ = project
    assert session.bypass("alter table files add column more integer").ran
    for become in ("set role postgres", "set role none"):
        shown = f"{become}; select current_setting('is_superuser')"
        assert session.bypass(shown).values == (("off",),)
        assert session.attempt(plain("clerk").identity(), shown).values == (("off",),)
    assert session.bypass("select current_setting('is_superuser')").values == (("off",),)
    assert session.bypass("create role more superuser").sqlstate == "42501"
    assert session.bypass("select pg_read_file('/etc/passwd')").sqlstate == "42501"
