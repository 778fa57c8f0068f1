"""A policy test file is read against a catalog: every name is looked up, every mistake told with its place."""

from __future__ import annotations

import json

import pytest

from policytool.testing.actors import person
from policytool.testing.suites.read import read_head, read_suite
from policytool.testing.suites.suite import ALLOW, Expect, Handle, Place, Ref, Suite
from policytool.testing.suites.yamlfile import BadSuite
from tests.testing.schemas import MARKET, MARKET_TEST, catalog

LISTINGS, USERS, PROFILES = ("public", "listings"), ("auth", "users"), ("public", "profiles")


def read(text: str = MARKET_TEST, sql: str = MARKET, platform: str = "supabase-explicit") -> Suite:
    return read_suite("a.policy.yaml", text, catalog(sql, platform), schemas=("public",))


def mistakes(text: str, sql: str = MARKET, platform: str = "supabase-explicit") -> list[str]:
    """What is wrong, as line:column: message; hint."""
    with pytest.raises(BadSuite) as caught:
        read(text, sql, platform)
    return [str(problem).removeprefix("a.policy.yaml:") for problem in caught.value.problems]


def actors(text: str) -> str:
    return f"policytool: 1\nactors:\n  sam: {text}\n"


def seeded(text: str) -> str:
    return (
        f"policytool: 1\nactors: {{sam: {{row: {{profiles: {{}}}}}}}}\nseed:\n  listings: {{one: {text}, two: {{}}}}\n"
    )


def given(text: str) -> object:
    row = next(row for row in read(seeded(text)).rows if row.handle.name == "one")
    return dict(row.given)


def test_a_whole_file_is_read() -> None:
    """Actors, rows, rights, sets and cases, with names of the catalog."""
    suite = read()
    assert list(suite.actors) == ["anon", "sam", "sue", "ben", "ada", "service"]
    assert suite.meant == {"service"}
    assert suite.actors["ada"].claims["app_metadata"] == {"role": "admin"}  # type: ignore[index]
    stated = suite.stated[0]
    assert stated.table == LISTINGS
    live = Handle(LISTINGS, "live")
    rights = {
        right.actor: "".join(sorted(c[0] for c in right.commands)) for right in stated.rights if right.handle == live
    }
    assert rights == {"anon": "S", "sam": "DSU", "sue": "S", "ben": "S", "ada": "DSU"}
    assert stated.creates[0].expect == ALLOW
    assert stated.creates[1].expect == Expect(kind="deny", by="check")
    assert suite.who[0].exactly == {"ben", "sam", "ada", "service"}
    assert suite.sees[1].handles == frozenset()
    assert suite.cases[0].by["sam"] == (Expect(kind="error", sqlstate="P0001", message="no such order"), Place(35, 35))


def test_people_have_a_row_in_auth_users_and_rows_of_their_own() -> None:
    """Who is signed in has one under the number of the claim sub; a row of theirs refers to it by itself."""
    rows = {row.handle: row for row in read().rows}
    sam = rows[Handle(USERS, "sam")]
    assert sam.given["id"] == person("sam").user
    assert Handle(USERS, "anon") not in rows
    assert Handle(USERS, "service") not in rows
    assert rows[Handle(PROFILES, "sam")].given == {"id": Ref(Handle(USERS, "sam"), "id"), "role": "seller"}
    assert rows[Handle(LISTINGS, "live")].given["seller_id"] == Ref(Handle(PROFILES, "sam"), "id")


def test_a_reference_goes_through_the_keys_of_parents() -> None:
    """A seller without a profile is one that the column cannot hold, unless the profile's key is the user's."""
    text = 'policytool: 1\nactors: {ada: {}}\nseed: {listings: {one: {seller_id: "@ada"}}}\n'
    one = next(row for row in read(text).rows if row.handle.name == "one")
    assert one.given == {"seller_id": Ref(Handle(USERS, "ada"), "id")}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{title: on}", {"title": "on"}),
        ("{title: 2030-01-01}", {"title": "2030-01-01"}),
        ("{title: 007}", {"title": "007"}),
        ("{title: ~}", {"title": None}),
        ("{title: 'null'}", {"title": "null"}),
        ('{title: "@@home"}', {"title": "@home"}),
        ("{tags: [a, 'b c', no]}", {"tags": '{"a","b c","no"}'}),
        ("{details: {a: 1, b: [yes, true, null, '2']}}", {"details": '{"a":1,"b":["yes",true,null,"2"]}'}),
        ("{title: '@two.title'}", {"title": Ref(Handle(LISTINGS, "two"), "title")}),
        ("{seller_id: '@profiles.sam'}", {"seller_id": Ref(Handle(PROFILES, "sam"), "id")}),
        ("{details: {by: '@sam'}}", {"details": json.dumps({"by": person("sam").user}, separators=(",", ":"))}),
    ],
)
def test_values_are_as_written(written: str, value: object) -> None:
    """YAML's own idea of dates and of on and off has no say; lists and mappings are arrays or JSON by the column."""
    assert given(written) == value


def test_claims_may_name_rows() -> None:
    """The row gets its key before there is one."""
    text = 'policytool: 1\nactors: {sam: {claims: {app_metadata: {shop: "@one"}}}}\nseed: {listings: {one: {}}}\n'
    suite = read(text)
    key = next(row.given["id"] for row in suite.rows if row.handle.name == "one")
    claims = suite.actors["sam"].claims or {}
    assert claims["app_metadata"] == {"shop": key}
    assert len(str(key)) == 36


def test_settings_and_roles_of_a_plain_database() -> None:
    """No token: a role, and settings that may name rows."""
    sql = "create role app; create table tenants (id uuid primary key); grant select on tenants to app;"
    text = 'policytool: 1\nactors: {sam: {role: app, settings: {app.tenant: "@one"}}}\nseed: {tenants: {one: {}}}\n'
    suite = read(text, sql, "postgres")
    assert suite.actors["sam"].claims is None
    assert suite.actors["sam"].settings == {"app.tenant": suite.rows[0].given["id"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("policytool: 2\n", ["1:13: a policy test begins with `policytool: 1`; the number is that of the format"]),
        ("policytool: 1\nactrs: {}\n", ["2:1: a policy test has no key actrs; did you mean actors?"]),
        ("policytool: 1\nactors: {a: {}, a: {}}\n", ["2:17: a is there twice; it is also on line 2"]),
        (actors("{rol: x}"), ["3:9: the actor sam has no key rol; did you mean role?"]),
        (actors("{role: authentcated}"), ["3:15: there is no role authentcated; did you mean authenticated?"]),
        (
            actors("{role: supabase_admin}"),
            ["3:15: supabase_admin is a superuser, whom no policy stops; act as somebody else"],
        ),
        (
            actors("{role: service_role, bypass: false}"),
            ["3:15: service_role bypasses row security: every denial would fail; if that is what is meant, say "
             "`bypass: true`"],
        ),
        (
            actors("{role: dashboard_user}"),
            ["3:15: authenticator cannot become dashboard_user; no request acts as it; a migration may say `grant "
             "dashboard_user to authenticator`"],
        ),
        (seeded("{titel: x}"), ["4:20: listings has no column titel; did you mean title?"]),
        (seeded("{shout: x}"), ["4:27: shout is a generated column; leave it out"]),
        (seeded("{title: [a]}"), ["4:27: a list cannot be a value of the type text; write it as text"]),
        (seeded("{title: '@tow.title'}"), ["4:27: there is no row called tow; did you mean two?"]),
        (
            seeded("{seller_id: '@two'}"),
            ["4:31: @two is a row of listings, seller_id refers to profiles; seed a row of that name there; "
             "@two.COLUMN gives a column of another row"],
        ),
        ("policytool: 1\nseed: {lisitngs: {}}\n", ["2:8: there is no table lisitngs; did you mean listings?"]),
        (
            "policytool: 1\nseed: {shown: {a: {}}}\n",
            ["2:8: shown is a view; rows of views have no names; test it with `sql` under `cases`"],
        ),
        (
            "policytool: 1\nseed: {listings: {create: {}}}\n",
            ["2:19: create cannot be the name of a row; use letters, digits, _ and -, but not create, frozen or "
             "others"],
        ),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(text: str, found: list[str]) -> None:
    """And with what was probably meant."""
    assert mistakes(text) == found


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("live: {anon: r, sam", "liv: {anon: r, sam", "17:5: listings has no row called liv; did you mean live?"),
        ("{ben: r, sam: r", "{bne: r, sam: r", "25:10: there is no actor bne; did you mean ben?"),
        ("sue: r,", "sue: rw,", "17:36: rw is not what one may do to a row; r reads, u updates, d deletes, - is "
         "nothing; inserts go under `create`"),
        ("denied: check", "denied: chekc", "21:63: denied cannot be chekc; did you mean check?"),
        ("frozen: {sam: [seller_id]}", "frozen: {sam: [seller]}", "23:20: listings has no column seller; did you mean "
         "seller_id?"),
        ("orders.o1, exactly", "orders.o2, exactly", "29:14: orders has no row called o2; it has o1"),
        ("orders: []", "profiles: [ada]", "31:38: profiles has no row called ada; it has sam, sue, ben"),
        ("cancel_order: {id", "cancel_ordr: {id", "34:12: there is no function cancel_ordr; did you "
         "mean cancel_order?"),
        ('{id: "@o1"}', '{idd: "@o1"}', "34:27: cancel_order has no argument idd; did you mean id?"),
        ('{id: "@o1"}', "{}", "34:12: cancel_order cannot be called so; it needs id"),
        ("error: P0001, message", "error: P001, message", "35:48: P001 is no SQLSTATE; a SQLSTATE has five capital "
         "letters and digits, as P0001; the text goes under `message`"),
        ("    by: {ben: {v", "    returning: true\n    by: {ben: {v", "35:5: returning is for insert, "
         "update, delete; leave it out"),
        ("    call:", "    calls:", "34:5: a case has no key calls; did you mean call?"),
    ],
)  # fmt: skip
def test_mistakes_in_a_whole_file(old: str, new: str, found: str) -> None:
    """Each is told where it stands, among all others."""
    assert old in MARKET_TEST
    assert found in mistakes(MARKET_TEST.replace(old, new, 1))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "1:1: the file is empty; `policytool test --init` writes one to begin with"),
        ("a: @b\n", "1:4: not valid YAML: while scanning for the next token: found character that cannot start any "
         "token; quote values that hold `: `, ` #` or begin with @"),
        ("policytool: 1\nactors: &a {x: *a}\n", "2:9: an alias of what it stands in cannot be read"),
        ("policytool: 1\nactors: {x: !!python/name:os.system {}}\n", "2:13: the tag tag:yaml.org,2002:python/name:os."
         "system means nothing here; leave it out"),
        ("policytool: 1\nactors: {x: {<<: {}}}\n", "2:14: `<<` is not understood; write the entries out"),
        ("- 1\n", "1:1: a policy test must be a mapping, `key: value`"),
    ],
)  # fmt: skip
def test_what_is_no_yaml_of_ours(text: str, found: str) -> None:
    """Nothing but scalars, lists and mappings is made of it."""
    assert found in mistakes(text)


def test_all_mistakes_are_told_at_once() -> None:
    """In the order of the file."""
    found = mistakes("policytool: 1\nactors: {a: {rol: x}}\nseed: {nothing: {}}\nwho: [{}]\n")
    assert [line.partition(":")[0] for line in found] == ["2", "3", "4"]


def test_the_head_is_read_without_a_catalog() -> None:
    """It says which migrations the rest is about."""
    head = read_head(
        "a", "policytool: 1\nmigrations: db/migrations\nprofile: supabase\ngrants: both\ntables: {x: {}}\n"
    )
    assert (head.migrations, head.platform, head.grants) == ("db/migrations", "supabase", "both")
    with pytest.raises(BadSuite, match="grants cannot be bth"):
        read_head("a", "policytool: 1\ngrants: bth\n")


def test_cases_have_shapes() -> None:
    """`returning: both` makes two cases; a table without a row is a statement without a filter."""
    text = MARKET_TEST + (
        "  - {insert: {listings: {seller_id: '@sam', title: x}}, returning: both, by: {sam: allow, others: deny}}\n"
        "  - {delete: listings, by: {sue: {rows: 0}}}\n"
        "  - {update: {listings.live: {title: y}}, by: {sue: {denied: filtered}}}\n"
        "  - {insert: {orders: {listing_id: '@live'}}, on_conflict: nothing, by: {sue: deny}}\n"
        "  - {sql: 'select * from orders where id = {@o1};', by: {ben: {rows: 1, columns: [id]}}}\n"
    )
    cases = read(text).cases[1:]
    assert [case.name for case in cases] == [
        "insert listings", "insert listings, returning", "delete listings", "update listings.live (title)",
        "insert orders", "select * from orders where id = {@o1}",
    ]  # fmt: skip
    assert [case.operation.returning for case in cases] == [False, True, False, False, False, False]
    assert cases[0].by.keys() == {"anon", "sam", "sue", "ben", "ada", "service"}
    assert cases[2].operation.handle is None
    assert cases[4].operation.conflict == "nothing"
    assert cases[5].operation.refs == {"o1": Ref(Handle(("public", "orders"), "o1"))}
