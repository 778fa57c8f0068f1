"""People who use the example product, each as the API would let them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString
from uuid import UUID, uuid4

from psycopg import errors, sql

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

Statement = LiteralString | sql.SQL | sql.Composed

# Denied by a grant or by a policy: both have this one code, 42501.
Denied = errors.InsufficientPrivilege


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever makes a request: one of the API's three roles, with a user's id or without."""

    role: LiteralString
    user: UUID | None = None
    handle: str = ""

    @property
    def claims(self) -> str:
        return json.dumps({"role": self.role, "sub": str(self.user)} if self.user else {"role": self.role})


VISITOR = Actor(role="anon")
SERVER = Actor(role="service_role")


class Shop:
    """A database with the product in it. `act` is a request of the API, `admin` the superuser who sees all."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def admin(self, statement: Statement, **parameters: Any) -> list[tuple[Any, ...]]:
        cursor = self.connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []

    def act(self, actor: Actor, statement: Statement, **parameters: Any) -> list[tuple[Any, ...]]:
        """One request: the role, the claims, the statement; what was set is undone whether it succeeds or fails."""
        with self.connection.transaction(), self.posing_as(actor):
            cursor = self.connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def posing_as(self, actor: Actor) -> Iterator[None]:
        self.connection.execute("select set_config('request.jwt.claims', %s, true)", [actor.claims])
        self.connection.execute(sql.SQL("set local role {}").format(sql.Identifier(actor.role)))
        yield
        self.connection.execute("reset role")
        self.connection.execute("select set_config('request.jwt.claims', '', true)")

    def value(self, actor: Actor, statement: LiteralString, **parameters: Any) -> Any:
        """The one value that a request returns."""
        ((value,),) = self.act(actor, statement, **parameters)
        return value

    def sign_up(self, name: str, *roles: str, metadata: dict[str, Any] | None = None) -> Actor:
        """A new user, with a handle, and with roles that the staff of the site gave them."""
        user = uuid4()
        given = json.dumps({"display_name": name, **(metadata or {})})
        self.admin(
            "insert into auth.users (id, email, raw_user_meta_data) values (%(user)s, %(email)s, %(given)s)",
            user=user,
            email=f"{name}@example.org",
            given=given,
        )
        self.admin("update public.profiles set handle = %(name)s where id = %(user)s", name=name, user=user)
        for role in roles:
            self.admin(
                "insert into public.user_roles (user_id, role) values (%(user)s, %(role)s)", user=user, role=role
            )
        return Actor(role="authenticated", user=user, handle=name)

    def open_studio(self, owner: Actor, slug: str) -> UUID:
        studio: UUID = self.value(owner, "select public.create_tenant(%(slug)s, %(slug)s)", slug=slug)
        return studio

    def add_product(self, seller: Actor, tenant: UUID, title: str, *, stock: int = 5, status: str = "active") -> UUID:
        product: UUID = self.value(
            seller,
            """
            insert into public.products (tenant_id, title, category, price_cents, stock, status)
            values (%(tenant)s, %(title)s, 'ceramics', 2500, %(stock)s, %(status)s)
            returning id
            """,
            tenant=tenant,
            title=title,
            stock=stock,
            status=status,
        )
        return product

    def plan_session(self, owner: Actor, tenant: UUID, *, capacity: int = 1, price: int = 4000, days: int = 7) -> UUID:
        """A published session, some days from now, of a new class in a new room."""
        room = self.value(
            owner,
            "insert into public.rooms (tenant_id, name) values (%(tenant)s, %(name)s) returning id",
            tenant=tenant,
            name=uuid4().hex,
        )
        taught = self.value(
            owner,
            """
            insert into public.classes (tenant_id, title, price_cents, status)
            values (%(tenant)s, 'Wheel throwing', %(price)s, 'published')
            returning id
            """,
            tenant=tenant,
            price=price,
        )
        session: UUID = self.value(
            owner,
            """
            insert into public.class_sessions (tenant_id, class_id, room_id, instructor_id, during, capacity, status)
            values (
                %(tenant)s, %(taught)s, %(room)s, auth.uid(),
                tstzrange(now() + %(days)s * interval '24 hours', now() + %(days)s * interval '25 hours'),
                %(capacity)s, 'published'
            )
            returning id
            """,
            tenant=tenant,
            taught=taught,
            room=room,
            capacity=capacity,
            days=days,
        )
        return session

    def write_test(self, teacher: Actor, tenant: UUID, answers: str) -> UUID:
        """A published test, with its answers, of the studio's first class."""
        test: UUID = self.value(
            teacher,
            """
            insert into public.tests (tenant_id, class_id, title, is_published)
            select tenant_id, id, 'Glazes', true from public.classes where tenant_id = %(tenant)s
            order by created_at, id limit 1
            returning id
            """,
            tenant=tenant,
        )
        self.act(teacher, "select public.set_test_answers(%(test)s, %(answers)s)", test=test, answers=answers)
        return test

    def book(self, learner: Actor, session: UUID) -> UUID:
        booking: UUID = self.value(learner, "select public.book_session(%(session)s)", session=session)
        return booking

    def buy(self, buyer: Actor, product: UUID, quantity: int = 1) -> UUID:
        items = json.dumps([{"product_id": str(product), "quantity": quantity}])
        order: UUID = self.value(buyer, "select public.checkout(%(items)s::jsonb)", items=items)
        return order

    def payment_of(self, thing: UUID) -> UUID:
        ((payment,),) = self.admin(
            "select id from public.payments where order_id = %(thing)s or booking_id = %(thing)s", thing=thing
        )
        assert isinstance(payment, UUID)
        return payment

    def webhook(self, event: str, kind: str, thing: UUID) -> bool:
        """The provider reports on the payment of an order or a booking."""
        new: bool = self.value(
            SERVER,
            "select public.process_payment_event('provider', %(event)s, %(kind)s, %(payment)s, '{}')",
            event=event,
            kind=f"payment.{kind}",
            payment=self.payment_of(thing),
        )
        return new

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table of the product."""
        names = self.admin("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'")
        return {
            name: sorted(self.admin(sql.SQL("select t::text from public.{} as t").format(sql.Identifier(name))))
            for (name,) in names
        }
