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
    "class_sessions": "status = 'published'",
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
    """A studio with something in every table that a tenant has rows in, and its owner."""
    owner = shop.sign_up(f"{slug}_owner", "seller")
    tenant = shop.open_studio(owner, slug)
    learner = shop.sign_up(f"{slug}_learner")
    shop.add_product(owner, tenant, "Draft of a bowl", status="draft")
    shop.webhook(f"{slug}-sold", "succeeded", shop.buy(learner, shop.add_product(owner, tenant, "Bowl")))
    booking = shop.book(learner, shop.plan_session(owner, tenant))
    shop.webhook(f"{slug}-paid", "succeeded", booking)
    test = shop.value(
        owner,
        """
        insert into public.tests (tenant_id, class_id, title, is_published)
        select tenant_id, id, 'Glazes', true from public.classes where tenant_id = %(tenant)s
        returning id
        """,
        tenant=tenant,
    )
    shop.act(owner, "select public.set_test_answers(%(test)s, '{2,0}')", test=test)
    shop.act(
        learner,
        "insert into public.test_progress (tenant_id, test_id, answers) values (%(tenant)s, %(test)s, '{2,1}')",
        tenant=tenant,
        test=test,
    )
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
    readable = set()
    for name in tables(shop):
        try:
            shop.act(VISITOR, sql.SQL("select 1 from {}").format(sql.Identifier("public", name)))
        except Denied:
            continue
        readable.add(name)
    assert readable == {"products", "classes", "class_sessions", "tenants", "plans"}
    assert shop.act(VISITOR, "select title from public.products") == [("Bowl",)]
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


def test_a_tenant_never_changes_anothers_rows(shop: Shop) -> None:
    """No UPDATE or DELETE, filtered or not, and no INSERT of one studio's owner reaches another studio."""
    _, theirs = furnished(shop, "loom")
    intruder = shop.sign_up("mallory", "seller")
    before = shop.contents()
    for name in tables(shop, "tenant_id"):
        for column in columns_to_update(shop, name):
            shop.act(intruder, sql.SQL("update {0} set {1} = {1}").format(sql.Identifier("public", name), column))
        for statement in (
            sql.SQL("update {} set tenant_id = tenant_id"),
            sql.SQL("delete from {}"),
            sql.SQL("insert into {} (tenant_id) values ({})"),
        ):
            with pytest.raises(Denied):
                shop.act(intruder, statement.format(sql.Identifier("public", name), theirs))
    with pytest.raises(Denied):
        shop.act(intruder, "select public.set_member(%(theirs)s, 'mallory', 'owner')", theirs=theirs)
    assert shop.contents() == before


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


def test_users_cannot_raise_their_own_role(shop: Shop) -> None:
    """Neither by the table, nor by the RPC, nor by the metadata that one signs up with."""
    mallory = shop.sign_up("mallory", metadata={"role": "admin", "app_role": "admin", "roles": ["admin"]})
    roles = "select role::text from public.user_roles where user_id = %(me)s"
    assert shop.admin(roles, me=mallory.user) == [("buyer",)]
    for statement in (
        "insert into public.user_roles (user_id, role) values (auth.uid(), 'admin')",
        "update public.user_roles set role = 'admin'",
        "delete from public.user_roles",
        "select public.set_user_role('mallory', 'admin')",
        "select private.set_user_role('mallory', 'admin', true)",
        "update public.profiles set id = id",
    ):
        with pytest.raises(Denied):
            shop.act(mallory, sql.SQL(statement))
    assert shop.act(mallory, roles, me=mallory.user) == [("buyer",)]

    admin = shop.sign_up("root", "admin")
    shop.act(admin, "select public.set_user_role('mallory', 'seller')")
    assert sorted(shop.act(mallory, roles, me=mallory.user)) == [("buyer",), ("seller",)]
    audited = "select actor_id from public.audit_logs where table_name = 'user_roles' and after ->> 'role' = 'seller'"
    assert shop.admin(audited) == [(admin.user,)]


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


def test_a_profile_is_read_and_changed_by_its_user_alone(shop: Shop) -> None:
    """Own row only, and of it only the columns that are the user's."""
    ada, ben = shop.sign_up("ada"), shop.sign_up("ben")
    assert shop.act(ada, "select id from public.profiles") == [(ada.user,)]
    changed = "update public.profiles set display_name = 'Ada L.' returning id"
    assert shop.act(ada, changed) == [(ada.user,)]
    assert shop.act(ben, "select display_name from public.profiles") == [("ben",)]


def test_a_wishlist_is_seen_by_whom_it_is_shared_with(shop: Shop) -> None:
    """A reader reads, an editor adds items, a stranger sees nothing, and only the owner shares."""
    ada, ben, cleo = (shop.sign_up(name, "seller") for name in ("ada", "ben", "cleo"))
    product = shop.add_product(ada, shop.open_studio(ada, "kiln"), "Bowl")
    wishes = shop.value(ada, "insert into public.wishlists (name) values ('Birthday') returning id")
    read = "select id from public.wishlists"
    add = "insert into public.wishlist_items (owner_id, wishlist_id, product_id) values (%(o)s, %(w)s, %(p)s)"
    given = {"o": ada.user, "w": wishes, "p": product}
    with pytest.raises(Denied):
        shop.act(ben, "select public.share_wishlist(%(w)s, 'ben', true)", w=wishes)

    shop.act(ada, "select public.share_wishlist(%(w)s, 'ben')", w=wishes)
    assert shop.act(ben, read) == [(wishes,)]
    assert shop.act(cleo, read) == []
    with pytest.raises(Denied):
        shop.act(ben, sql.SQL(add), **given)
    assert shop.act(ben, "update public.wishlist_shares set can_edit = true returning user_id") == []

    shop.act(ada, "update public.wishlist_shares set can_edit = true")
    shop.act(ben, sql.SQL(add), **given)
    assert shop.act(ada, "select product_id from public.wishlist_items") == [(product,)]
    assert shop.act(cleo, "select product_id from public.wishlist_items") == []
    assert shop.act(ben, "delete from public.wishlists returning id") == []
    assert shop.act(ben, "delete from public.wishlist_shares returning user_id") == [(ben.user,)]
    assert shop.act(ben, read) == []


def test_media_lie_in_the_users_own_folder(shop: Shop) -> None:
    """A user adds, lists and deletes under their own id, in the one bucket; elsewhere nothing."""
    ada, ben = shop.sign_up("ada"), shop.sign_up("ben")
    add = "insert into storage.objects (bucket_id, name) values (%(bucket)s, %(name)s)"
    shop.act(ada, add, bucket="media", name=f"{ada.user}/bowl.webp")
    shop.admin("insert into storage.buckets (id, name) values ('other', 'other')")
    others = (("media", f"{ben.user}/bowl.webp"), ("media", "bowl.webp"), ("other", f"{ada.user}/bowl.webp"))
    for bucket, name in others:
        with pytest.raises(Denied):
            shop.act(ada, add, bucket=bucket, name=name)
    with pytest.raises(Denied):
        shop.act(VISITOR, add, bucket="media", name=f"{uuid4()}/bowl.webp")
    listed = "select name from storage.objects where bucket_id = 'media'"
    assert shop.act(ada, listed) == [(f"{ada.user}/bowl.webp",)]
    assert shop.act(ben, listed) == []
    assert shop.act(ben, "update storage.objects set name = 'gone' returning name") == []


def test_search_finds_what_is_on_sale_page_by_page(shop: Shop) -> None:
    """Words, parts of words, filters; and pages by cursor that give every row once."""
    owner = shop.sign_up("ada", "seller")
    tenant = shop.open_studio(owner, "kiln")
    made = {shop.add_product(owner, tenant, f"Glazed bowl {number}") for number in range(7)}
    shop.add_product(owner, tenant, "Glazed bowl in secret", status="draft")
    assert len(shop.act(VISITOR, "select id from public.search_products('bowls', max_price_cents => 2500)")) == 7
    assert len(shop.act(VISITOR, "select id from public.search_products('laze')")) == 7
    assert not shop.act(VISITOR, "select id from public.search_products('bowl', category => 'textiles')")

    seen: list[UUID] = []
    last = {"at": None, "id": None}
    while page := shop.act(
        VISITOR,
        """
        select created_at, id
        from public.search_products(after_created_at => %(at)s, after_id => %(id)s, page_size => 3)
        """,
        **last,
    ):
        seen += [row[1] for row in page]
        last = dict(zip(("at", "id"), page[-1], strict=True))
    assert len(seen) == 7
    assert set(seen) == made
