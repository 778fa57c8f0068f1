"""Who reaches what in the example product, asked of a real server in the name of each actor."""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID, uuid4

import pytest
from psycopg import errors, sql

from tests.example.shop import VISITOR, Actor, Denied, Shop

# What one sees of another's studio: the shop window, and nothing else.
WINDOW: dict[str, LiteralString] = {
    "products": "status = 'active'",
    "classes": "status = 'published'",
    "class_sessions": "status in ('published', 'cancelled')",
}


def tables(shop: Shop, column: str = "created_at") -> list[str]:
    """The product's tables that have this column."""
    names = shop.admin(
        """
        select c.relname
        from pg_class as c join pg_attribute as a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = %(column)s
        order by c.relname
        """,
        column=column,
    )
    return [name for (name,) in names]


def columns_to_update(shop: Shop, table: str) -> list[sql.Identifier]:
    """The columns of a table that a user may update."""
    names = shop.admin(
        """
        select attname
        from pg_attribute
        where attrelid = to_regclass('public.' || %(table)s) and attnum > 0 and not attisdropped
          and has_column_privilege('authenticated', attrelid, attnum, 'update')
        """,
        table=table,
    )
    return [sql.Identifier(name) for (name,) in names]


def furnished(shop: Shop, slug: str) -> tuple[Actor, UUID]:
    """A studio, and its owner, with rows in every table that a tenant has rows in; some of them not public."""
    owner, learner = shop.sign_up(f"{slug}_owner", "seller"), shop.sign_up(f"{slug}_learner")
    tenant = shop.open_studio(owner, slug)
    shop.add_product(owner, tenant, "Draft of a bowl", status="draft")
    product = shop.add_product(owner, tenant, "Bowl")
    shop.webhook(f"{slug}-sold", "succeeded", shop.buy(learner, product))
    booking = shop.book(learner, shop.plan_session(owner, tenant))
    shop.webhook(f"{slug}-paid", "succeeded", booking)
    test = shop.write_test(owner, tenant, "{2,0}")
    begin = "insert into public.test_progress (tenant_id, test_id, answers) values (%(tenant)s, %(test)s, '{2,1}')"
    shop.act(learner, begin, tenant=tenant, test=test)
    hidden = shop.plan_session(owner, tenant, days=9)
    shop.act(owner, "update public.class_sessions set status = 'draft' where id = %(id)s", id=hidden)
    shop.act(owner, "update public.classes set status = 'draft' where id <> all (select class_id from public.bookings)")
    wishes = shop.value(learner, "insert into public.wishlists (name) values ('Birthday') returning id")
    shop.act(
        learner,
        "insert into public.wishlist_items (owner_id, wishlist_id, product_id) values (auth.uid(), %(w)s, %(p)s)",
        w=wishes,
        p=product,
    )
    shop.act(learner, "select public.share_wishlist(%(w)s, %(owner)s)", w=wishes, owner=owner.handle)
    return owner, tenant


def test_a_visitor_writes_nothing(shop: Shop) -> None:
    """INSERT, UPDATE and DELETE are denied to anon on every table, whatever rows there are."""
    furnished(shop, "kiln")
    for name in tables(shop):
        for statement in ("insert into {} default values", "update {} set created_at = now()", "delete from {}"):
            with pytest.raises(Denied):
                shop.act(VISITOR, sql.SQL(statement).format(sql.Identifier("public", name)))


def test_a_visitor_reads_the_shop_window_only(shop: Shop) -> None:
    """anon sees products on sale, published classes and sessions, open studios, plans on offer; no other table."""
    furnished(shop, "kiln")
    furnished(shop, "loom")
    shop.admin("update public.tenants set closed_at = now() where slug = 'loom'")
    shop.admin("update public.plans set retired_at = now() where id <> 'starter'")
    readable = {}
    for name in tables(shop):
        try:
            readable[name] = len(shop.act(VISITOR, sql.SQL("select 1 from {}").format(sql.Identifier("public", name))))
        except Denied:
            continue
    assert readable == {"products": 2, "classes": 2, "class_sessions": 2, "tenants": 1, "plans": 1}
    assert shop.act(VISITOR, "select title from public.upcoming_sessions") == [("Wheel throwing",)]
    with pytest.raises(Denied):
        shop.act(VISITOR, "select closed_at from public.tenants")


def test_no_client_role_reaches_the_servers_tables(shop: Shop) -> None:
    """Logs, payment events and answers are neither read nor written by anon and authenticated."""
    user = shop.sign_up("dora")
    for actor in (VISITOR, user):
        for table in ("public.audit_logs", "public.error_logs", "public.payment_events", "private.test_answers"):
            name = sql.Identifier(*table.split("."))
            for statement in ("select from {}", "insert into {} default values", "delete from {}"):
                with pytest.raises(Denied):
                    shop.act(actor, sql.SQL(statement).format(name))


def test_a_tenant_never_sees_anothers_rows(shop: Shop) -> None:
    """The owner of one studio sees the shop window of another, and no other row that bears its tenant_id."""
    their_owner, theirs = furnished(shop, "loom")
    owner, _ = furnished(shop, "anvil")
    for name in tables(shop, "tenant_id"):
        rows = sql.SQL("select 1 from {} where tenant_id = {}").format(sql.Identifier("public", name), theirs)
        assert shop.admin(rows), f"{name} has no row, so the probe would prove nothing"
        if name == "audit_logs":
            continue
        hidden = sql.SQL(WINDOW.get(name, "false"))
        assert not shop.act(owner, sql.SQL("{} and not ({})").format(rows, hidden)), name
    for view in ("order_history", "product_sales"):
        rows = sql.SQL("select 1 from {} where tenant_id = {}").format(sql.Identifier("public", view), theirs)
        assert shop.act(their_owner, rows), f"{view} has no row, so the probe would prove nothing"
        assert not shop.act(owner, rows), view
    assert not shop.act(owner, "select * from public.tenant_audit_trail(%(theirs)s)", theirs=theirs)


def test_a_closed_studio_is_seen_by_its_members_only(shop: Shop) -> None:
    """closed_at takes a studio out of the window, but not from those who work there."""
    owner, _ = furnished(shop, "loom")
    stranger = shop.sign_up("mallory")
    shop.admin("update public.tenants set closed_at = now()")
    assert shop.act(stranger, "select slug from public.tenants") == []
    assert shop.act(owner, "select slug from public.tenants") == [("loom",)]


def test_a_stranger_changes_nothing(shop: Shop) -> None:
    """A blind UPDATE of each column that users may update, and a DELETE, of every table: no row is reached.

    Blind, because a statement that reads a column is held by the SELECT policies too and would prove less.
    """
    furnished(shop, "loom")
    intruder = Actor(role="authenticated", user=uuid4())
    before = shop.contents()
    assert all(before[name] for name in tables(shop) if name != "error_logs")
    for name in tables(shop):
        table = sql.Identifier("public", name)
        for column in columns_to_update(shop, name):
            shop.act(intruder, sql.SQL("update {} set {} = default").format(table, column))
        if shop.admin("select 1 where has_table_privilege('authenticated', %(name)s, 'delete')", name=f"public.{name}"):
            shop.act(intruder, sql.SQL("delete from {}").format(table))
    assert shop.contents() == before


def test_a_stranger_adds_nothing_to_a_tenant(shop: Shop) -> None:
    """An INSERT with another studio's tenant_id is refused in every table before any constraint is looked at."""
    _, theirs = furnished(shop, "loom")
    intruder = shop.sign_up("mallory", "seller")
    for name in tables(shop, "tenant_id"):
        add = sql.SQL("insert into {} (tenant_id) values ({})").format(sql.Identifier("public", name), theirs)
        with pytest.raises(Denied):
            shop.act(intruder, add)
    with pytest.raises(Denied):
        shop.act(intruder, "select public.set_member(%(theirs)s, 'mallory', 'owner')", theirs=theirs)


def test_rows_of_two_tenants_cannot_be_joined(shop: Shop) -> None:
    """A session in another studio's room is refused by the foreign key, even to one who owns both studios."""
    owner = shop.sign_up("ada", "seller")
    here, there = shop.open_studio(owner, "kiln"), shop.open_studio(owner, "loom")
    session = shop.plan_session(owner, here)
    foreign = shop.value(
        owner, "insert into public.rooms (tenant_id, name) values (%(there)s, 'Hall') returning id", there=there
    )
    with pytest.raises(errors.ForeignKeyViolation):
        shop.act(
            owner,
            "update public.class_sessions set room_id = %(foreign)s where id = %(session)s",
            foreign=foreign,
            session=session,
        )


def test_a_seller_reaches_only_their_own_products_and_orders(shop: Shop) -> None:
    """Two sellers of one studio neither change each other's products nor see each other's drafts and orders."""
    owner, ben, cleo, buyer = (shop.sign_up(n, "seller") for n in ("ada", "ben", "cleo", "dora"))
    tenant = shop.open_studio(owner, "kiln")
    for seller in (ben, cleo):
        shop.act(owner, "select public.set_member(%(t)s, %(handle)s, 'seller')", t=tenant, handle=seller.handle)
        shop.add_product(seller, tenant, f"Draft of {seller.handle}", status="draft")
    shop.buy(buyer, shop.add_product(ben, tenant, "Vase of ben"))
    shop.buy(buyer, shop.add_product(cleo, tenant, "Vase of cleo"))

    drafts = "select title from public.products where status = 'draft'"
    orders = "select seller_id from public.orders"
    items = "select title from public.order_items"
    assert shop.act(ben, drafts) == [("Draft of ben",)]
    assert shop.act(ben, orders) == [(ben.user,)]
    assert shop.act(ben, items) == [("Vase of ben",)]
    assert shop.act(ben, "update public.products set stock = 9 returning seller_id") == [(ben.user,)] * 2
    assert len(shop.act(owner, drafts)) == len(shop.act(owner, orders)) == len(shop.act(owner, items)) == 2
    with pytest.raises(Denied):
        shop.act(
            ben,
            """
            insert into public.products (tenant_id, seller_id, title, category, price_cents)
            values (%(t)s, %(cleo)s, 'In the name of cleo', 'ceramics', 1)
            """,
            t=tenant,
            cleo=cleo.user,
        )


def test_a_product_is_not_handed_to_another_seller_or_studio(shop: Shop) -> None:
    """seller_id and tenant_id are outside the column grants, so UPDATE of them is denied."""
    owner = shop.sign_up("ada", "seller")
    shop.add_product(owner, shop.open_studio(owner, "kiln"), "Bowl")
    for column in ("seller_id", "tenant_id", "created_at"):
        with pytest.raises(Denied):
            shop.act(owner, sql.SQL("update public.products set {0} = {0}").format(sql.Identifier(column)))


def test_a_member_without_the_sellers_role_adds_no_product(shop: Shop) -> None:
    """Membership of a studio is not enough: the site's own role is asked for as well."""
    owner, ben = shop.sign_up("ada", "seller"), shop.sign_up("ben")
    tenant = shop.open_studio(owner, "kiln")
    shop.act(owner, "select public.set_member(%(t)s, 'ben', 'seller')", t=tenant)
    with pytest.raises(Denied):
        shop.add_product(ben, tenant, "Bowl")
    with pytest.raises(Denied):
        shop.open_studio(ben, "loom")


def test_members_cannot_raise_their_own_membership(shop: Shop) -> None:
    """Only an owner changes memberships, and the last owner cannot be taken out."""
    owner, ben = shop.sign_up("ada", "seller"), shop.sign_up("ben")
    tenant = shop.open_studio(owner, "kiln")
    shop.act(owner, "select public.set_member(%(t)s, 'ben', 'manager')", t=tenant)
    for statement in (
        "update public.memberships set role = 'owner'",
        "delete from public.memberships",
        "insert into public.memberships (tenant_id, user_id, role) values (%(t)s, auth.uid(), 'owner')",
        "select public.set_member(%(t)s, 'ben', 'owner')",
    ):
        with pytest.raises(Denied):
            shop.act(ben, sql.SQL(statement), t=tenant)
    with pytest.raises(errors.CheckViolation):
        shop.act(owner, "select public.set_member(%(t)s, 'ada', null)", t=tenant)
