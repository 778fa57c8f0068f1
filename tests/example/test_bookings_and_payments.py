"""Money and seats of the example product: what an event of the provider, a late one, or a second one does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from psycopg import errors, sql

from tests.example.shop import Actor, Denied, Shop

if TYPE_CHECKING:
    from policytool.postgres.server import Server


@pytest.fixture
def ada(shop: Shop) -> Actor:
    return shop.sign_up("ada", "seller")


@pytest.fixture
def studio(shop: Shop, ada: Actor) -> UUID:
    return shop.open_studio(ada, "kiln")


@pytest.fixture
def ben(shop: Shop) -> Actor:
    return shop.sign_up("ben")


@pytest.fixture
def cleo(shop: Shop) -> Actor:
    return shop.sign_up("cleo")


def booking_status(shop: Shop, booking: UUID) -> tuple[str, str | None]:
    ((booked, paid),) = shop.admin(
        """
        select b.status::text, p.status::text
        from public.bookings as b left join public.payments as p on p.booking_id = b.id
        where b.id = %(booking)s
        """,
        booking=booking,
    )
    return booked, paid


def let_holds_expire(shop: Shop) -> None:
    shop.admin("update public.bookings set hold_expires_at = now() - interval '1 second' where status = 'held'")
    shop.admin("update public.orders set hold_expires_at = now() - interval '1 second' where status = 'pending'")


@pytest.mark.parametrize("kind", ["succeeded", "failed", "refunded"])
def test_a_repeated_webhook_changes_nothing(shop: Shop, ada: Actor, studio: UUID, ben: Actor, kind: str) -> None:
    """The second delivery of an event says so, and leaves every row of every table as it was."""
    order = shop.buy(ben, shop.add_product(ada, studio, "Bowl", stock=3), 2)
    assert shop.webhook("event-1", kind, order) is True
    once = shop.contents()
    assert shop.webhook("event-1", kind, order) is False
    assert shop.contents() == once
    assert len(once["payment_events"]) == 1


def test_a_second_event_of_success_takes_no_more_stock(shop: Shop, ada: Actor, studio: UUID, ben: Actor) -> None:
    """Two different events about one payment settle it once; a failure that arrives late undoes nothing."""
    product = shop.add_product(ada, studio, "Bowl", stock=3)
    order = shop.buy(ben, product, 2)
    for event, kind in (("event-1", "succeeded"), ("event-2", "succeeded"), ("event-3", "failed")):
        assert shop.webhook(event, kind, order) is True
    assert shop.admin("select stock from public.products") == [(1,)]
    assert shop.admin("select status::text from public.orders") == [("paid",)]
    assert shop.admin("select status::text from public.payments") == [("succeeded",)]


def test_only_the_server_reports_payments(shop: Shop, ada: Actor, studio: UUID, ben: Actor) -> None:
    """A user can neither call the webhook's function nor write a payment, an order or a booking."""
    shop.buy(ben, shop.add_product(ada, studio, "Bowl"))
    for statement in (
        "select public.process_payment_event('p', 'e', 'payment.succeeded', gen_random_uuid())",
        "select public.release_expired_holds()",
        "update public.payments set status = 'succeeded'",
        "update public.orders set status = 'paid'",
        "update public.bookings set status = 'confirmed'",
        "select private.settle_order(gen_random_uuid())",
    ):
        with pytest.raises(Denied):
            shop.act(ben, statement)


def test_a_failed_payment_frees_the_seat(shop: Shop, ada: Actor, studio: UUID, ben: Actor, cleo: Actor) -> None:
    """The only seat is taken while the payment runs, and free the moment it fails."""
    session = shop.plan_session(ada, studio, capacity=1)
    booking = shop.book(ben, session)
    with pytest.raises(errors.ExclusionViolation):
        shop.book(cleo, session)
    shop.webhook("event-1", "failed", booking)
    assert booking_status(shop, booking) == ("payment_failed", "failed")
    assert booking_status(shop, shop.book(cleo, session)) == ("held", "pending")


def test_an_expired_hold_frees_the_seat(shop: Shop, ada: Actor, studio: UUID, ben: Actor, cleo: Actor) -> None:
    """Without any event and without any scheduler, an abandoned booking ends when its hold does."""
    session = shop.plan_session(ada, studio, capacity=1)
    abandoned = shop.book(ben, session)
    free = "select public.session_free_seats(%(session)s)"
    assert shop.value(cleo, free, session=session) == 0
    let_holds_expire(shop)
    assert shop.value(cleo, free, session=session) == 1
    taken = shop.book(cleo, session)
    assert booking_status(shop, abandoned) == ("expired", "pending")
    assert booking_status(shop, taken) == ("held", "pending")


def test_a_learner_books_again_after_their_own_hold_expired(shop: Shop, ada: Actor, studio: UUID, ben: Actor) -> None:
    """One seat for each learner and session at a time; a hold that ran out is not one."""
    session = shop.plan_session(ada, studio, capacity=2)
    shop.book(ben, session)
    with pytest.raises(errors.UniqueViolation):
        shop.book(ben, session)
    let_holds_expire(shop)
    assert booking_status(shop, shop.book(ben, session)) == ("held", "pending")


def test_money_that_comes_too_late_is_given_back(shop: Shop, ada: Actor, studio: UUID, ben: Actor, cleo: Actor) -> None:
    """A payment for a seat that meanwhile is another's never makes a second booking of it."""
    session = shop.plan_session(ada, studio, capacity=1)
    late = shop.book(ben, session)
    let_holds_expire(shop)
    prompt = shop.book(cleo, session)
    shop.webhook("event-1", "succeeded", late)
    shop.webhook("event-2", "succeeded", prompt)
    assert booking_status(shop, late) == ("expired", "refund_due")
    assert booking_status(shop, prompt) == ("confirmed", "succeeded")


def test_money_that_comes_late_still_buys_a_free_seat(shop: Shop, ada: Actor, studio: UUID, ben: Actor) -> None:
    """After an expired hold, or a first attempt that failed, the seat is given if nobody has it."""
    session = shop.plan_session(ada, studio, capacity=1)
    booking = shop.book(ben, session)
    shop.webhook("event-1", "failed", booking)
    let_holds_expire(shop)
    shop.webhook("event-2", "succeeded", booking)
    assert booking_status(shop, booking) == ("confirmed", "succeeded")


def test_a_cancelled_booking_frees_the_seat(shop: Shop, ada: Actor, studio: UUID, ben: Actor, cleo: Actor) -> None:
    """The learner cancels their own booking, and nobody else's; what was paid is due back."""
    session = shop.plan_session(ada, studio, capacity=1)
    booking = shop.book(ben, session)
    shop.webhook("event-1", "succeeded", booking)
    cancel = "select public.cancel_booking(%(booking)s)"
    with pytest.raises(errors.NoDataFound):
        shop.act(cleo, cancel, booking=booking)
    shop.act(ben, cancel, booking=booking)
    assert booking_status(shop, booking) == ("cancelled", "refund_due")
    shop.book(cleo, session)


def test_not_even_the_server_overbooks(shop: Shop, ada: Actor, studio: UUID, ben: Actor, cleo: Actor) -> None:
    """The capacity is held by a trigger, so a row that any role writes past the RPC is refused."""
    session = shop.plan_session(ada, studio, capacity=1, price=0)
    assert booking_status(shop, shop.book(ben, session)) == ("confirmed", None)
    with pytest.raises(errors.ExclusionViolation), shop.connection.transaction():
        shop.admin(
            """
            insert into public.bookings (tenant_id, class_id, session_id, learner_id, status)
            select tenant_id, class_id, id, %(cleo)s, 'confirmed' from public.class_sessions
            """,
            cleo=cleo.user,
        )


def test_the_last_seat_goes_to_one_of_many(supabase_server: Server, clone: str) -> None:
    """Eight learners ask at once on eight connections; as many bookings are made as there are seats."""
    with supabase_server.connect(clone) as connection:
        shop = Shop(connection)
        ada = shop.sign_up("ada", "seller")
        session = shop.plan_session(ada, shop.open_studio(ada, "kiln"), capacity=3)
        learners = [shop.sign_up(f"learner_{number}") for number in range(8)]

    def book(learner: Actor) -> bool:
        with supabase_server.connect(clone) as connection:
            try:
                Shop(connection).book(learner, session)
            except errors.ExclusionViolation:
                return False
            return True

    with ThreadPoolExecutor(len(learners)) as pool:
        assert sum(pool.map(book, learners)) == 3


def test_a_webhook_delivered_twice_at_once_counts_once(supabase_server: Server, clone: str) -> None:
    """Of simultaneous deliveries of one event, one is new, and the stock falls once."""
    with supabase_server.connect(clone) as connection:
        shop = Shop(connection)
        ada, ben = shop.sign_up("ada", "seller"), shop.sign_up("ben")
        order = shop.buy(ben, shop.add_product(ada, shop.open_studio(ada, "kiln"), "Bowl", stock=5), 2)

        def deliver(_: int) -> bool:
            with supabase_server.connect(clone) as other:
                return Shop(other).webhook("event-1", "succeeded", order)

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(deliver, range(6))) == 1
        assert shop.admin("select stock from public.products") == [(3,)]


def test_goods_are_held_only_while_the_payment_runs(
    shop: Shop, ada: Actor, studio: UUID, ben: Actor, cleo: Actor
) -> None:
    """The last piece is refused to the second buyer until the first one's payment fails or their hold expires."""
    product = shop.add_product(ada, studio, "Bowl", stock=1)
    first = shop.buy(ben, product)
    with pytest.raises(errors.CheckViolation):
        shop.buy(cleo, product)
    shop.webhook("event-1", "failed", first)
    second = shop.buy(cleo, product)
    let_holds_expire(shop)
    third = shop.buy(ben, product)
    for event, order in (("event-2", third), ("event-3", second)):
        shop.webhook(event, "succeeded", order)
    assert shop.admin("select stock from public.products") == [(0,)]
    paid = "select o.id, p.status::text from public.orders as o join public.payments as p on p.order_id = o.id"
    assert dict(shop.admin(paid)) == {first: "failed", second: "refund_due", third: "succeeded"}


def test_the_scheduler_only_tidies(shop: Shop, ada: Actor, studio: UUID, ben: Actor) -> None:
    """release_expired_holds() marks what ran out, and leaves a running hold and a paid order alone."""
    product = shop.add_product(ada, studio, "Bowl", stock=9)
    paid, expired = shop.buy(ben, product), shop.buy(ben, product)
    shop.webhook("event-1", "succeeded", paid)
    let_holds_expire(shop)
    running = shop.buy(ben, product)
    assert shop.admin("select public.release_expired_holds()") == [(1,)]
    statuses = dict(shop.admin("select id, status::text from public.orders"))
    assert statuses == {paid: "paid", expired: "expired", running: "pending"}


def test_prices_come_from_the_products(shop: Shop, ada: Actor, studio: UUID, ben: Actor) -> None:
    """Whatever price the client sends along is not looked at; amounts below one are refused."""
    product = shop.add_product(ada, studio, "Bowl", stock=9)
    shop.act(
        ben,
        "select public.checkout(jsonb_build_array(jsonb_build_object("
        "'product_id', %(p)s::text, 'quantity', 2, 'unit_price_cents', 1, 'price_cents', 1)))",
        p=product,
    )
    assert shop.admin("select total_cents from public.orders") == [(5000,)]
    for quantity in (0, -3):
        with pytest.raises(errors.CheckViolation):
            shop.buy(ben, product, quantity)


def test_a_learner_sees_only_their_own_progress(shop: Shop, ada: Actor, studio: UUID, ben: Actor, cleo: Actor) -> None:
    """Progress is the learner's and the teachers'; the score is the server's, and the answers are nobody's."""
    session = shop.plan_session(ada, studio, capacity=2, price=0)
    shop.book(ben, session)
    shop.book(cleo, session)
    test = shop.write_test(ada, studio, "{2,0,1,1}")
    begin = "insert into public.test_progress (tenant_id, test_id, answers) values (%(t)s, %(test)s, '{2,0,3}')"
    for learner in (ben, cleo):
        shop.act(learner, begin, t=studio, test=test)

    seen = "select learner_id from public.test_progress"
    assert shop.act(ben, seen) == [(ben.user,)]
    assert len(shop.act(ada, seen)) == 2
    assert shop.act(ben, "update public.test_progress set answers = '{2,0,1}' returning learner_id") == [(ben.user,)]
    for column in ("score", "submitted_at", "learner_id"):
        with pytest.raises(Denied):
            shop.act(ben, sql.SQL("update public.test_progress set {} = null").format(sql.Identifier(column)))
    assert shop.value(ben, "select public.submit_test(%(test)s)", test=test) == 75
    assert shop.act(ben, "update public.test_progress set answers = '{2,0,1,1}' returning score") == []
    with pytest.raises(errors.NoDataFound):
        shop.act(ben, "select public.submit_test(%(test)s)", test=test)


def test_a_test_is_open_to_those_who_booked_the_class(shop: Shop, ada: Actor, studio: UUID, ben: Actor) -> None:
    """A stranger sees no test, begins none, and sets no answers."""
    shop.plan_session(ada, studio, price=0)
    test = shop.write_test(ada, studio, "{1}")
    assert shop.act(ben, "select id from public.tests") == []
    begin = "insert into public.test_progress (tenant_id, test_id) values (%(t)s, %(test)s)"
    with pytest.raises(Denied):
        shop.act(ben, begin, t=studio, test=test)
    with pytest.raises(Denied):
        shop.act(ben, "select public.set_test_answers(%(test)s, '{1}')", test=test)
