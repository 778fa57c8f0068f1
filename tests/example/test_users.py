"""What is a user's own in the example product: role, profile, wishlists, media; and what everybody finds."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from psycopg import sql

from tests.example.shop import VISITOR, Denied, Shop


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


def test_a_profile_is_read_and_changed_by_its_user_alone(shop: Shop) -> None:
    """Own row only, and of it only the columns that are the user's."""
    ada, ben = shop.sign_up("ada"), shop.sign_up("ben")
    assert shop.act(ada, "select id from public.profiles") == [(ada.user,)]
    assert shop.act(ada, "select user_id from public.user_roles") == [(ada.user,)]
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
    assert shop.act(cleo, "select user_id from public.wishlist_shares") == []
    with pytest.raises(Denied):
        shop.act(cleo, "insert into public.wishlists (owner_id, name) values (%(ada)s, 'Hers')", ada=ada.user)
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
    shop.admin("set local storage.allow_delete_query = 'true'")
    shop.act(ben, "update storage.objects set metadata = '{}'")
    shop.act(ben, "delete from storage.objects")
    assert shop.admin("select name, metadata from storage.objects") == [(f"{ada.user}/bowl.webp", None)]
    with pytest.raises(Denied):
        shop.act(ada, "update storage.objects set name = %(name)s", name=f"{ben.user}/bowl.webp")


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
