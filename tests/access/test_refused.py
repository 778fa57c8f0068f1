"""Policies that read what the role may not: the matrix says that nothing is reached, and why."""

from __future__ import annotations

from policytool.access.matrix import matrix
from tests.access.support import access_to

SQL = """
create table keys (user_id uuid primary key, code text not null);
create table invites (id integer primary key, email text not null);
create table offers (id integer primary key, code text not null);
create table calm (id integer primary key, code text not null);
create table wide (id integer primary key);
alter table wide enable row level security;
grant select on wide to authenticated;
alter table keys enable row level security;
alter table invites enable row level security;
alter table offers enable row level security;
alter table calm enable row level security;
create policy p on invites to authenticated
  using (email = (select u.email from auth.users as u where u.id = auth.uid()));
create policy p on offers for select to authenticated using (code in (select k.code from keys as k));
create policy p on calm for select to authenticated using (code = current_user or hidden());
create policy p on wide for select to authenticated using (hidden());
create policy q on wide for select to authenticated using (true);
create policy q on calm for insert to authenticated with check (true);
grant select, insert, delete on invites, offers, calm to authenticated;
grant select (user_id) on keys to authenticated;
"""
HIDDEN = """create function hidden() returns boolean language sql stable as 'select true';
revoke execute on function hidden() from public, anon, authenticated;
"""


def test_a_policy_that_reads_what_the_role_may_not_lets_nothing_through() -> None:
    """A table, a column, a function; an INSERT whose policies read nothing is not concerned."""
    access = access_to(HIDDEN + SQL)
    tables = [t for t in access.catalog.tables.values() if t.schema == "public"]
    cells = {(c.table.removeprefix("public."), c.command): c for c in matrix(access, ["authenticated"], tables)}
    reads = {"invites": "auth.users", "offers": "public.keys.code", "calm": "public.hidden()"}
    for table, what in reads.items():
        cell = cells[table, "SELECT"]
        assert cell.access == "none"
        assert cell.because[-1].message == (
            f'policy "p" reads {what}, which authenticated may not: every query ends with an error'
        )
    assert cells["invites", "INSERT"].access == "none"
    assert cells["calm", "INSERT"].access == "all"
    assert cells["wide", "SELECT"].access == "all", "the planner never comes to the other policy"
