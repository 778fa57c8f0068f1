"""Texts for patterns, and constants out of checks; the server is asked whether they match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policytool.postgres.seed import seed
from policytool.postgres.seeding import World
from policytool.postgres.seeding.constants import constants
from policytool.postgres.seeding.samples import like, sample
from policytool.postgres.seeding.texts import numbers, short, texts
from policytool.postgres.server import Server
from tests.postgres.growing import Plot, plain

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

pytestmark = pytest.mark.server

ATOMS = (
    "a",
    "Z",
    "\\.",
    "\\d",
    "\\w",
    "[a-f]",
    "[^a-z]",
    "[[:alpha:]_-]",
    ".",
    "(ab|c)",
    "(?:x|y)",
    "[0-9]",
    "\\s",
    "@",
)
TIMES = ("", "?", "*", "+", "{2}", "{1,3}", "{2,}", "+?")
PATTERNS = st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(TIMES)), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def connection(postgres_server: Server) -> Iterator[Connection]:
    """Any connection."""
    with postgres_server.connect() as made:
        yield made


@given(parts=PATTERNS, number=st.integers(0, 10**6), longer=st.integers(0, 3))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_samples_match(connection: Connection, parts: list[tuple[str, str]], number: int, longer: int) -> None:
    """Whatever the pattern is made of, the server says that the text matches it."""
    pattern = "^" + "".join(map("".join, parts)) + "$"
    text = sample(pattern, number, longer=longer)
    assert text is not None
    assert connection.execute("select %s ~ %s", (text, pattern)).fetchone() == (True,)


@pytest.mark.parametrize("pattern", ["(", "[a", "a{", "\\", "[[:nothing:]]", "a{x}", "(?P<n>a)", "\\1", "a)"])
def test_what_is_not_understood(pattern: str) -> None:
    """No text, and no error."""
    assert sample(pattern, 1) is None


def test_numbers_make_a_difference() -> None:
    """As far as the pattern leaves room."""
    assert len({sample("^[a-z]{3}-\\d{2}$", number) for number in range(1000)}) == 1000
    assert len({like("inv-%", number) for number in range(50)}) == 50
    assert len({short(number, 2) for number in range(36 * 36)}) == 36 * 36


def test_constants() -> None:
    """By what they are for."""
    found = constants("length(code) = 6 AND code ~ '^[A-Z]+$' AND kind IN ('a', 'b') AND code LIKE 'X%' AND n > 1.5")
    assert (found.texts, found.numbers, found.measured) == (("a", "b"), ("6", "1.5"), True)
    assert (found.regexes, found.likes, found.choices) == (("^[A-Z]+$",), ("X%",), ())
    assert constants("this is not SQL") == constants("")


def test_names_say_what_a_text_may_be() -> None:
    """An address looks like one, cut to the length that there is."""
    told = constants("")
    assert next(texts("contact_email", told, 3, None)) == "a3@example.com"
    assert next(texts("website_url", told, 3, None)) == "https://example.com/3"
    assert len(next(texts("title", told, 12345, 4))) <= 4


def test_numbers_near_those_of_a_check() -> None:
    """Bounds are tried from both sides."""
    assert {"40", "39", "41"} <= set(numbers("a", constants("a > 40"), 1, 0))


COLUMNS = (
    "integer not null", "smallint check ({c} > 0)", "numeric(6, 2) not null check ({c} between 1 and 5)",
    "text not null unique", "text check ({c} in ('a', 'b', 'c'))", "varchar(4) not null", "boolean not null",
    "uuid not null unique", "date not null check ({c} > '2020-02-01')", "timestamptz not null default now()",
    "jsonb not null check (jsonb_typeof({c}) = 'object')", "text[] not null check (cardinality({c}) <= 2)",
    "mood not null", "mood[]", "code not null unique", "integer not null references others",
    "integer references others", "text generated always as ('x') stored", "integer generated always as identity",
    "bigserial", "inet not null", "text not null check (length({c}) >= 12)", "daterange not null",
    "interval not null", "bytea not null", "char(3) not null check ({c} ~ '^[a-z]{{3}}$')", "time not null",
    "double precision not null check ({c} < 1)",
)  # fmt: skip


@given(
    columns=st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=9),
    fill=st.sampled_from(["plant", "cover", "seed"]),
    data=st.data(),
)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_gets_rows(plot: Plot, columns: list[str], fill: str, data: st.DataObject) -> None:
    """Whatever its columns are together, in each of the ways in which rows are asked for."""
    cells = [f"c{number} {column.format(c=f'c{number}')}" for number, column in enumerate(columns)]
    ordered = [
        number for number, column in enumerate(columns) if column.startswith(("integer not", "date not", "time not"))
    ]
    if len(ordered) > 1 and columns[ordered[0]].split()[0] == columns[ordered[1]].split()[0]:
        left, right = data.draw(st.permutations(ordered[:2]))
        cells.append(f"check (c{left} <> c{right})")
    plot.run(f"drop table if exists t; create table t ({', '.join(cells)})")
    if fill == "plant":
        assert plot.plant(*[("t", f"r{number}", {}) for number in range(4)]).failed == {}
    elif fill == "cover":
        worlds = [World(name=name, tables=[("public", "t")]) for name in "ab"]
        assert [found.failed for found in plot.cover(*worlds)] == [{}, {}]
    else:
        catalog = plot.catalog()
        assert seed(plot.server, plot.database, catalog, catalog).rows["public", "t"] == 3


@pytest.fixture(scope="module")
def plot(postgres_server: Server) -> Iterator[Plot]:
    """A database with some types and a table to refer to."""
    made = plain(postgres_server)
    made.run(
        "create type mood as enum ('low', 'high'); create domain code as text check (value ~ '^[A-Z]{2}\\d{2}$');"
        "create table others (id integer primary key, name text not null)"
    )
    yield made
    made.server.drop_database(made.database)
