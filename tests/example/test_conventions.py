"""What the example product promises of each table and function, read from the catalog of a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.example.conftest import ROOT, make_database
from tests.example.shop import Shop

if TYPE_CHECKING:
    from policytool.postgres.server import Server


def test_every_table_has_row_level_security(shop: Shop) -> None:
    """In public and in private, whether or not a client may reach the table."""
    rows = shop.admin(
        """
        select oid::regclass::text from pg_class
        where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
          and relkind in ('r', 'p') and not relrowsecurity
        """
    )
    assert rows == []


def test_every_table_keeps_its_times(shop: Shop) -> None:
    """created_at and updated_at are there and not null, and a trigger sets the second."""
    rows = shop.admin(
        """
        select c.oid::regclass::text
        from pg_class as c
        where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind = 'r'
          and not (
            2 = (
              select count(*) from pg_attribute as a
              where a.attrelid = c.oid and a.attname in ('created_at', 'updated_at') and a.attnotnull
            )
            and exists (
              select from pg_trigger as t
              where t.tgrelid = c.oid and t.tgfoid = 'private.touch_updated_at()'::regprocedure
            )
          )
        """
    )
    assert rows == []


def test_an_update_moves_updated_at(shop: Shop) -> None:
    """The trigger's time wins over whatever the statement says."""
    ada = shop.sign_up("ada")
    shop.admin("update public.profiles set updated_at = '2020-01-01' where id = %(ada)s", ada=ada.user)
    assert shop.admin("select updated_at = now() from public.profiles where id = %(ada)s", ada=ada.user) == [(True,)]


def test_every_foreign_key_is_indexed(shop: Shop) -> None:
    """Some full btree index starts with the key's columns, in any order."""
    rows = shop.admin(
        """
        select f.conrelid::regclass::text, f.conname
        from pg_constraint as f
        where f.contype = 'f' and f.connamespace in ('public'::regnamespace, 'private'::regnamespace)
          and not exists (
            select
            from pg_index as i join pg_class as c on c.oid = i.indexrelid join pg_am as m on m.oid = c.relam
            where i.indrelid = f.conrelid and i.indisvalid and i.indpred is null and m.amname = 'btree'
              and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
          )
        """
    )
    assert rows == []


def test_a_key_between_tables_of_tenants_holds_the_tenant(shop: Shop) -> None:
    """If both ends have tenant_id, it is among the key's columns, so no row refers to another tenant's."""
    rows = shop.admin(
        """
        select f.conrelid::regclass::text, f.conname
        from pg_constraint as f
        join pg_attribute as a on a.attrelid = f.conrelid and a.attname = 'tenant_id'
        join pg_attribute as b on b.attrelid = f.confrelid and b.attname = 'tenant_id'
        where f.contype = 'f' and f.connamespace = 'public'::regnamespace and not a.attnum = any (f.conkey)
        """
    )
    assert rows == []


def test_anon_holds_no_privilege_to_write(shop: Shop) -> None:
    """On no table, view, column or sequence, by no grant, default or PUBLIC."""
    rows = shop.admin(
        """
        select c.oid::regclass::text
        from pg_class as c
        where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
          and case
            when c.relkind = 'S' then has_sequence_privilege('anon', c.oid, 'usage, select, update')
            when c.relkind in ('r', 'v') then
              has_any_column_privilege('anon', c.oid, 'insert, update, references')
              or has_table_privilege('anon', c.oid, 'delete, truncate, trigger')
          end
        """
    )
    assert rows == []


def test_no_user_holds_more_than_dml(shop: Shop) -> None:
    """authenticated has no TRUNCATE, REFERENCES, TRIGGER or MAINTAIN, which the platform's defaults leave."""
    rows = shop.admin(
        """
        select c.oid::regclass::text
        from pg_class as c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
          and has_table_privilege('authenticated', c.oid, 'truncate, references, trigger, maintain')
        """
    )
    assert rows == []


def test_functions_are_executed_by_whom_they_are_granted_to(shop: Shop) -> None:
    """PUBLIC executes none, and anon only the search."""
    rows = shop.admin(
        """
        select p.oid::regproc::text
        from pg_proc as p
        where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
          and has_function_privilege('anon', p.oid, 'execute')
          and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
        """
    )
    assert rows == [("search_products",)]


def test_privileged_functions_are_fenced(shop: Shop) -> None:
    """Each function sets an empty search_path, and no SECURITY DEFINER function is in the exposed schema."""
    rows = shop.admin(
        """
        select p.oid::regproc::text
        from pg_proc as p
        where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
          and (
            not coalesce(p.proconfig @> array['search_path=""'], false)
            or p.prosecdef and p.pronamespace = 'public'::regnamespace
          )
        """
    )
    assert rows == []


def test_policies_name_their_roles(shop: Shop) -> None:
    """No policy is for PUBLIC, and none for anon is about anything but SELECT."""
    rows = shop.admin(
        """
        select tablename, policyname from pg_policies
        where schemaname in ('public', 'storage')
          and ('public' = any (roles) or 'anon' = any (roles) and cmd <> 'SELECT')
        """
    )
    assert rows == []


def test_each_policy_has_its_grant_and_each_grant_its_policy(shop: Shop) -> None:
    """For every table, role and command, a client role may run what a policy is for, and nothing else."""
    rows = shop.admin(
        """
        select c.relname, r.rolname, k.cmd
        from pg_class as c, (values ('anon'), ('authenticated')) as r (rolname),
          (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) as k (cmd)
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
          and exists (
            select from pg_policies as p
            where p.schemaname = 'public' and p.tablename = c.relname and p.cmd = k.cmd and r.rolname = any (p.roles)
          ) <> case k.cmd
            when 'DELETE' then has_table_privilege(r.rolname, c.oid, k.cmd)
            else has_any_column_privilege(r.rolname, c.oid, k.cmd)
          end
        """
    )
    assert rows == []


def test_what_is_published_is_protected_and_never_deleted(shop: Shop) -> None:
    """Realtime sends three tables, all with row level security; DELETE, which RLS does not filter, is not sent."""
    assert shop.admin(
        """
        select t.tablename, c.relrowsecurity, p.pubdelete
        from pg_publication as p
        join pg_publication_tables as t on t.pubname = p.pubname
        join pg_class as c on c.oid = format('%%I.%%I', t.schemaname, t.tablename)::regclass
        where p.pubname = 'supabase_realtime'
        order by t.tablename
        """
    ) == [("bookings", True, False), ("class_sessions", True, False), ("orders", True, False)]


def test_views_read_as_the_one_who_asks(shop: Shop) -> None:
    """Each view of the product is security_invoker."""
    rows = shop.admin(
        "select relname, reloptions from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v'"
    )
    assert len(rows) == 3
    assert all(options == ["security_invoker=on"] for _, options in rows)


def test_the_platforms_old_default_privileges_change_nothing(supabase_server: Server, product_database: str) -> None:
    """What is granted is what the migrations grant by name, also where new tables used to be open to the API."""
    old = make_database(supabase_server, ROOT, "supabase_legacy")
    assert grants(supabase_server, old) == grants(supabase_server, product_database)
    supabase_server.drop_database(old)


def grants(server: Server, database: str) -> set[tuple[Any, ...]]:
    """Every privilege on the relations, columns and functions of the product that the owner does not hold anyway."""
    with server.connect(database) as connection:
        rows = connection.execute(
            """
            select name, a.grantee::regrole::text, a.privilege_type, a.is_grantable
            from (
              select oid::regclass::text, relowner, coalesce(relacl, acldefault('r', relowner)), relnamespace
              from pg_class
              union all
              select c.oid::regclass::text || '.' || t.attname, c.relowner, t.attacl, c.relnamespace
              from pg_attribute as t join pg_class as c on c.oid = t.attrelid
              union all
              select oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner)), pronamespace
              from pg_proc
            ) as o (name, owner, acl, namespace),
              aclexplode(o.acl) as a
            where o.namespace in ('public'::regnamespace, 'private'::regnamespace) and a.grantee <> o.owner
            """
        ).fetchall()
    return set(rows)
