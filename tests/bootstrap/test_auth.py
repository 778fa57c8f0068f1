"""Schema auth: the users, and the claims of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

import psycopg
import pytest

from tests.bootstrap.support import column, value

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

USER = "b2a4c8d0-0000-4000-8000-000000000001"
OTHER = "b2a4c8d0-0000-4000-8000-000000000002"

# In the order of the table.
USERS = (
    "instance_id id aud role email encrypted_password email_confirmed_at invited_at confirmation_token"
    " confirmation_sent_at recovery_token recovery_sent_at email_change_token_new email_change email_change_sent_at"
    " last_sign_in_at raw_app_meta_data raw_user_meta_data is_super_admin created_at updated_at phone"
    " phone_confirmed_at phone_change phone_change_token phone_change_sent_at confirmed_at email_change_token_current"
    " email_change_confirm_status banned_until reauthentication_token reauthentication_sent_at is_sso_user deleted_at"
    " is_anonymous"
)
TABLES = (
    "audit_log_entries custom_oauth_providers flow_state identities instances mfa_amr_claims mfa_challenges"
    " mfa_factors oauth_authorizations oauth_client_states oauth_clients oauth_consents one_time_tokens refresh_tokens"
    " saml_providers saml_relay_states schema_migrations sessions sso_domains sso_providers users webauthn_challenges"
    " webauthn_credentials"
)


def test_users_have_the_columns_of_the_platform(new_project: Connection) -> None:
    """auth.users has its 35 columns in their order, and requires three of them."""
    query = "select attname from pg_attribute where attrelid = 'auth.users'::regclass and attnum > 0"
    assert column(new_project, query + " order by attnum") == USERS.split()
    assert set(column(new_project, query + " and attnotnull")) == {"id", "is_sso_user", "is_anonymous"}
    assert set(column(new_project, "select tablename::text from pg_tables where schemaname = 'auth'")) == set(
        TABLES.split()
    )


def test_user_needs_only_an_id(new_project: Connection) -> None:
    """A seed may insert a bare id; an address is unique among those who do not come by single sign-on."""
    new_project.execute("insert into auth.users (id, email) values (%s, 'a@b.c')", [USER])
    new_project.execute("insert into auth.users (id, email, is_sso_user) values (%s, 'a@b.c', true)", [OTHER])
    assert value(new_project, "select confirmed_at from auth.users where id = %s", USER) is None
    with pytest.raises(psycopg.errors.UniqueViolation), new_project.transaction():
        new_project.execute("insert into auth.users (id, email) values (gen_random_uuid(), 'a@b.c')")
    with pytest.raises(psycopg.errors.NotNullViolation), new_project.transaction():
        new_project.execute(
            "insert into auth.identities (user_id, identity_data, provider) select id, '{}', 'x' from auth.users"
        )


@pytest.mark.parametrize(
    ("claims", "single", "expected"),
    [
        (None, None, None),
        ("", None, None),
        ("", "", None),
        ("{}", "", None),
        (f'{{"sub": "{USER}"}}', None, USER),
        (f'{{"sub": "{USER}"}}', "", USER),
        (f'{{"sub": "{USER}"}}', OTHER, OTHER),
    ],
)
def test_uid_counts_an_empty_claim_as_none(
    new_project: Connection, claims: str | None, single: str | None, expected: str | None
) -> None:
    """auth.uid() is the first claim that is not empty; a session used before has empty ones, and throws nothing."""
    for name, setting in (("request.jwt.claims", claims), ("request.jwt.claim.sub", single)):
        if setting is not None:
            new_project.execute("select set_config(%s, %s, true)", [name, setting])
    assert value(new_project, "select auth.uid()::text") == expected


def test_claims_give_role_email_and_all(new_project: Connection) -> None:
    """The other three functions read the same settings, and are null without them."""
    query: LiteralString = "select array[auth.role(), auth.email(), auth.jwt() ->> 'aal']"
    assert value(new_project, query) == [None, None, None]
    new_project.execute("""set local request.jwt.claims = '{"role": "anon", "email": "a@b.c", "aal": "aal2"}'""")
    assert value(new_project, query) == ["anon", "a@b.c", "aal2"]
    new_project.execute("set local request.jwt.claims = ''")
    assert value(new_project, query) == [None, None, None]


def test_migrations_may_reference_users(new_project: Connection) -> None:
    """postgres, not a superuser, makes a foreign key to auth.users and a trigger on it, and cannot change the table."""
    new_project.execute("set local role postgres")
    new_project.execute("create table public.profile (id uuid primary key references auth.users on delete cascade)")
    new_project.execute(
        """create function public.greet() returns trigger language plpgsql security definer set search_path to '' as
        $$ begin insert into public.profile values (new.id); return new; end $$;
        create trigger greet after insert on auth.users for each row execute function public.greet()"""
    )
    new_project.execute("insert into auth.users (id) values (%s)", [USER])
    assert value(new_project, "select id::text from public.profile") == USER
    with pytest.raises(psycopg.errors.InsufficientPrivilege), new_project.transaction():
        new_project.execute("alter table auth.users add column nickname text")
