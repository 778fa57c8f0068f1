"""Each mistake of the leaky copy is a leak on a real server, or what its README says it is."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from psycopg import sql

from tests.example.shop import VISITOR, Actor, Shop

LEAKY = Path(__file__).resolve().parents[2] / "examples" / "leaky"


@pytest.fixture
def ben(leaky: Shop) -> Actor:
    """Somebody whose rows are none of the stranger's business."""
    return person(leaky, "ben")


@pytest.fixture
def stranger(leaky: Shop) -> Actor:
    return person(leaky, "mallory")


def person(leaky: Shop, name: str) -> Actor:
    ((user,),) = leaky.admin(
        "insert into auth.users (id, email) values (gen_random_uuid(), %(name)s) returning id", name=name
    )
    leaky.admin("insert into public.profiles (id, display_name) values (%(user)s, %(name)s)", user=user, name=name)
    return Actor(role="authenticated", user=user, handle=name)


def order_of(leaky: Shop, buyer: Actor) -> None:
    leaky.admin(
        """
        with studio as (insert into public.tenants (name) values ('Kiln') returning id),
        product as (
          insert into public.products (tenant_id, title, price_cents) select id, 'Bowl', 2500 from studio returning id
        ),
        bought as (insert into public.orders (buyer_id, total_cents) values (%(buyer)s, 2500) returning id)
        insert into public.order_items (order_id, product_id, quantity)
        select bought.id, product.id, 1 from bought, product
        """,
        buyer=buyer.user,
    )


def class_of(leaky: Shop, name: str, member: Actor | None = None) -> None:
    leaky.admin(
        """
        with studio as (insert into public.tenants (name) values (%(name)s) returning id),
        joined as (insert into public.memberships (tenant_id, user_id) select id, %(member)s::uuid from studio
                   where %(member)s::uuid is not null)
        insert into public.classes (tenant_id, title) select id, %(name)s from studio
        """,
        name=name,
        member=member and member.user,
    )


def test_the_inverted_check_opens_profiles_to_visitors(leaky: Shop, ben: Actor, stranger: Actor) -> None:
    """Without a login one reads all; with one, only one's own."""
    assert len(leaky.act(VISITOR, "select id from public.profiles")) == 2
    assert leaky.act(ben, "select id from public.profiles") == [(ben.user,)]


def test_users_make_themselves_admins(leaky: Shop, stranger: Actor) -> None:
    """The own-row policy says nothing of columns, and the grant covers them all."""
    assert leaky.act(stranger, "update public.profiles set role = 'admin' returning role") == [("admin",)]


def test_users_enrol_themselves(leaky: Shop, stranger: Actor) -> None:
    """A stranger is the owner of a studio that another made."""
    class_of(leaky, "Kiln")
    ((studio,),) = leaky.admin("select id from public.tenants")
    join = "insert into public.memberships (tenant_id, user_id, role) values (%(studio)s, auth.uid(), 'owner')"
    leaky.act(stranger, join, studio=studio)
    assert leaky.act(stranger, "select name from public.tenants") == [("Kiln",)]


def test_any_user_changes_any_product(leaky: Shop, ben: Actor, stranger: Actor) -> None:
    """USING (true) FOR ALL."""
    order_of(leaky, ben)
    changed = "update public.products set price_cents = 1 returning title"
    assert leaky.act(stranger, changed) == [("Bowl",)]


def test_a_policy_without_row_level_security_filters_nothing(leaky: Shop, ben: Actor, stranger: Actor) -> None:
    """A stranger reads another's order."""
    order_of(leaky, ben)
    assert leaky.act(stranger, "select buyer_id from public.orders") == [(ben.user,)]


def test_coupons_are_everybodys(leaky: Shop, stranger: Actor) -> None:
    """Any user adds one, and a visitor reads it."""
    leaky.act(stranger, "insert into public.coupons (code, percent_off) values ('GIFT', 100)")
    assert leaky.act(VISITOR, "select code from public.coupons") == [("GIFT",)]


def test_a_visitor_reads_the_items_of_an_order(leaky: Shop, ben: Actor) -> None:
    """The function runs as its owner, and nobody took EXECUTE from PUBLIC."""
    order_of(leaky, ben)
    ((order,),) = leaky.admin("select id from public.orders")
    assert leaky.act(VISITOR, "select * from public.order_receipt(%(order)s)", order=order) == [("Bowl", 1)]


def test_the_column_compared_with_itself_opens_all_studios(leaky: Shop, stranger: Actor) -> None:
    """A member of one studio reads the classes of another."""
    class_of(leaky, "Kiln")
    class_of(leaky, "Loom", member=stranger)
    assert sorted(leaky.act(stranger, "select title from public.classes")) == [("Kiln",), ("Loom",)]


def test_users_book_in_anothers_name_and_all_bookings_are_read(leaky: Shop, ben: Actor, stranger: Actor) -> None:
    """WITH CHECK drops the scope; and the view shows bookings that the table hides."""
    class_of(leaky, "Kiln")
    leaky.admin("alter table public.classes disable row level security")
    leaky.act(
        stranger,
        "insert into public.bookings (class_id, learner_id) select id, %(ben)s from public.classes",
        ben=ben.user,
    )
    assert leaky.act(stranger, "select learner_id from public.bookings") == []
    assert leaky.act(stranger, "select learner_id from public.booking_list") == [(ben.user,)]


def test_the_partition_is_open_where_its_parent_is_not(leaky: Shop, ben: Actor, stranger: Actor) -> None:
    """The same row is hidden in one table and shown in the other."""
    leaky.admin(
        "insert into public.events (user_id, what, created_at) values (%(ben)s, 'came in', '2026-06-09')", ben=ben.user
    )
    assert leaky.act(stranger, "select what from public.events") == []
    assert leaky.act(stranger, "select what from public.events_2026_06") == [("came in",)]


def test_user_metadata_says_what_the_user_wants(leaky: Shop, stranger: Actor) -> None:
    """Who writes `role` into their own metadata changes the settings."""
    claims = {"sub": str(stranger.user), "role": "authenticated", "user_metadata": {"role": "admin"}}
    leaky.admin("select set_config('request.jwt.claims', %(claims)s, true)", claims=json.dumps(claims))
    leaky.admin("set local role authenticated")
    leaky.admin("insert into public.site_settings (key, value) values ('fee', '0')")
    assert leaky.admin("select key from public.site_settings") == [("fee",)]


def test_the_key_is_one_of_the_service_role(leaky: Shop) -> None:
    """The literal in the function decodes to claims whose role is service_role."""
    ((body,),) = leaky.admin("select prosrc from pg_proc where proname = 'send_weekly_report'")
    (payload,) = re.findall(r"Bearer [\w-]+\.([\w-]+)\.", body)
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["role"] == "service_role"


def test_the_foreign_key_has_no_index_and_the_identity_is_asked_for_each_row(leaky: Shop) -> None:
    """The two slow ones: no index leads with product_id, and auth.uid() stands bare in the filter of a scan."""
    leading = "select from pg_index where indrelid = 'public.order_items'::regclass and indkey[0] = 2"
    assert leaky.admin(sql.SQL("select count(*) from ({}) as i").format(sql.SQL(leading))) == [(0,)]
    leaky.admin("set local search_path = ''")
    assert leaky.admin("select qual from pg_policies where tablename = 'reviews'") == [("(author_id = auth.uid())",)]


def test_the_readme_lists_every_place_that_is_marked() -> None:
    """As many rows as there are comments that begin with `wrong`; one of them says that it is about two mistakes."""
    text = "".join(path.read_text(encoding="utf-8") for path in (LEAKY / "supabase" / "migrations").glob("*.sql"))
    rows = re.findall(r"^\| `.*\|$", (LEAKY / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(rows) == len(re.findall(r"-- wrong", text)) + text.count("-- wrong, twice")
