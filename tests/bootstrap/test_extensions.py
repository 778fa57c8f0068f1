"""Stand-ins compute what they say they compute, and refuse the rest; declarations agree with the real extension."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from tests.bootstrap.support import EXTENSIONS, header, relative, value

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

DECLARED = tuple(path for path in EXTENSIONS if not header(path).runs and path.stem != "plpgsql")
STANDINS = tuple(path for path in EXTENSIONS if header(path).runs)
ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
# Around the sizes at which a hash begins another block.
LENGTHS = (0, 1, 55, 56, 63, 64, 65, 111, 112, 128, 300)


@pytest.fixture
def scratch(supabase_server: Server) -> Iterator[Connection]:
    """A connection as superuser to a database without extensions, with a schema x and an empty search_path."""
    name = supabase_server.create_database()
    with supabase_server.connect(name) as connection:
        connection.execute("create schema x; set search_path = ''")
        yield connection
    supabase_server.drop_database(name)


@pytest.fixture(scope="module")
def kept(supabase_server: Server) -> Iterator[Connection]:
    """A connection to a database that has pgcrypto, uuid-ossp, pgjwt and http in schema x, and an empty search_path."""
    name = supabase_server.create_database()
    with supabase_server.connect(name) as connection:
        connection.execute("create schema x; set search_path = ''")
        for extension in ("pgcrypto", "uuid-ossp", "pgjwt", "http"):
            install(connection, extension)
        yield connection
    supabase_server.drop_database(name)


def ask(connection: Connection, query: str, schema: str) -> tuple[Any, ...] | None:
    """The first row of a query, with names looked up in a schema."""
    connection.execute(sql.SQL("set search_path = {}").format(sql.Identifier(schema)))
    return connection.execute(query.encode()).fetchone()


def install(connection: Connection, name: str, schema: str = "x") -> None:
    statement = sql.SQL("create extension {} with schema {}").format(sql.Identifier(name), sql.Identifier(schema))
    connection.execute(statement)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_pgcrypto_hashes_exactly(kept: Connection, algorithm: str) -> None:
    """digest and hmac agree with another implementation, at every length of data and of key."""
    for length in LENGTHS:
        data, key = bytes(range(256)) * 2, b"k" * length
        assert value(kept, "select x.digest(%s::bytea, %s)", data[:length], algorithm) == (
            hashlib.new(algorithm, data[:length]).digest()
        )
        assert value(kept, "select x.hmac(%s::bytea, %s::bytea, %s)", data, key, algorithm) == (
            hmac.new(key, data, algorithm).digest()
        )


def test_pgcrypto_knows_no_other_hash(kept: Connection) -> None:
    """An unknown algorithm is the same error as from the library."""
    with pytest.raises(psycopg.errors.InvalidParameterValue, match='Cannot use "sha3": No such hash algorithm'):
        kept.execute("select x.digest('a', 'sha3')")


@pytest.mark.parametrize(("kind", "form"), [("bf", r"^\$2a\$06\$.{53}$"), ("md5", r"^\$1\$.{8}\$"), ("des", "^..")])
def test_pgcrypto_verifies_its_own_passwords(kept: Connection, kind: str, form: str) -> None:
    """crypt with a stored hash as salt gives that hash for the password and another one for any other."""
    stored = value(kept, "select x.crypt('secret', x.gen_salt(%s))", kind)
    assert value(kept, "select %s ~ %s", stored, form)
    assert value(kept, "select x.crypt('secret', %s)", stored) == stored
    assert value(kept, "select x.crypt('Secret', %s)", stored) != stored


def test_pgcrypto_gives_as_many_bytes_as_asked(kept: Connection) -> None:
    """Random bytes differ, and their number is checked."""
    for number in (1, 31, 32, 33, 1024):
        assert len(value(kept, "select x.gen_random_bytes(%s)", number)) == number
    assert value(kept, "select x.gen_random_bytes(16) <> x.gen_random_bytes(16)")
    with pytest.raises(psycopg.errors.ExternalRoutineInvocationException, match="Length not in range"):
        kept.execute("select x.gen_random_bytes(1025)")


def test_uuid_ossp_derives_the_standard_uuids(kept: Connection) -> None:
    """Versions 3 and 5 agree with another implementation; version 1 carries the time of its making."""
    for name in ("", "http://example.org/ü", "x" * 100):
        third = value(kept, "select x.uuid_generate_v3(x.uuid_ns_dns(), %s)", name)
        fifth = value(kept, "select x.uuid_generate_v5(x.uuid_ns_url(), %s)", name)
        assert (third, fifth) == (uuid.uuid3(uuid.NAMESPACE_DNS, name), uuid.uuid5(uuid.NAMESPACE_URL, name))
    assert value(kept, "select x.uuid_generate_v4()").version == 4
    made, moment = kept.execute("select x.uuid_generate_v1(), extract(epoch from clock_timestamp())").fetchone() or ()
    assert made.version == 1
    assert abs((made.time - 122192928000000000) / 1e7 - float(moment)) < 1


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_pgjwt_signs_as_the_standard_says(kept: Connection, algorithm: str) -> None:
    """A token's signature agrees with another implementation; it is valid under its secret and before it expires."""
    token = value(kept, """select x.sign('{"sub": "1"}', %s, %s)""", "s" * 200, algorithm)
    signed, _, signature = token.rpartition(".")
    expected = hmac.new(b"s" * 200, signed.encode(), algorithm.replace("HS", "sha")).digest()
    assert base64.urlsafe_b64decode(signature + "==") == expected
    valid: LiteralString = "select valid from x.verify(%s, %s, %s)"
    assert value(kept, valid, token, "s" * 200, algorithm) is True
    assert value(kept, valid, token, "other", algorithm) is False
    late = value(kept, """select x.sign('{"exp": 1000}', 'k', %s)""", algorithm)
    assert value(kept, valid, late, "k", algorithm) is False


def test_http_encodes_but_sends_nothing(kept: Connection) -> None:
    """A request is an error that names it, rather than an empty answer."""
    assert value(kept, "select x.urlencode('a b&ü'::varchar)") == "a+b%26%C3%BC"
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="no GET request to http://host"):
        kept.execute("select x.http_get('http://host')")


def test_cron_keeps_jobs(scratch: Connection) -> None:
    """A named job is replaced by the next of its name; a missing one cannot be unscheduled; a schedule is checked."""
    install(scratch, "pg_cron")
    first = value(scratch, "select cron.schedule('nightly', '0 3 * * *', 'select 1')")
    assert value(scratch, "select cron.schedule('nightly', '30 seconds', 'select 2')") == first
    assert scratch.execute("select jobname, schedule, command, username from cron.job").fetchall() == [
        ("nightly", "30 seconds", "select 2", "supabase_admin")
    ]
    assert value(scratch, "select cron.unschedule('nightly')") is True
    with pytest.raises(psycopg.errors.RaiseException, match="could not find valid entry"):
        scratch.execute("select cron.unschedule('nightly')")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="invalid schedule"):
        scratch.execute("select cron.schedule('every day', 'select 1')")


def test_net_queues_requests(scratch: Connection) -> None:
    """A request waits in the queue with its parameters in the address; it is never sent."""
    install(scratch, "pg_net")
    scratch.execute("""select net.http_get('http://host/?a=1', params := '{"q": "x y"}')""")
    scratch.execute("""select net.http_post('http://host/', '{"b": 2}')""")
    rows = scratch.execute("select method, url, convert_from(body, 'UTF8') from net.http_request_queue").fetchall()
    assert rows == [("GET", "http://host/?a=1&q=x%20y", None), ("POST", "http://host/", '{"b": 2}')]
    with pytest.raises(psycopg.errors.RaiseException, match='must be "application/json"'):
        scratch.execute("""select net.http_post('http://host/', headers := '{"Content-Type": "text/plain"}')""")


def test_pgmq_queues_read_and_archive(scratch: Connection) -> None:
    """A message that was read is out of sight for a time; archived, it has left the queue."""
    scratch.execute("create extension pgmq")
    scratch.execute("select pgmq.create('jobs')")
    sent = [value(scratch, "select pgmq.send('jobs', %s)", f'{{"n": {n}}}') for n in range(3)]
    assert sent == [1, 2, 3]
    read = scratch.execute("select msg_id, read_ct, message from pgmq.read('jobs', 60, 1)").fetchall()
    assert read == [(1, 1, {"n": 0})]
    assert value(scratch, "select msg_id from pgmq.pop('jobs')") == 2
    assert value(scratch, "select pgmq.archive('jobs', 1)") is True
    assert value(scratch, "select pgmq.archive('jobs', 1)") is False
    assert value(scratch, "select count(*) from pgmq.a_jobs") == 1
    assert value(scratch, "select queue_length from pgmq.metrics('jobs')") == 1
    assert value(scratch, "select queue_name from pgmq.list_queues()") == "jobs"
    assert value(scratch, "select pgmq.drop_queue('jobs')") is True
    assert value(scratch, "select to_regclass('pgmq.q_jobs')") is None


def test_postgis_knows_points_only(scratch: Connection) -> None:
    """Points can be made, kept and read; what would compute with shapes is an error."""
    install(scratch, "postgis")
    scratch.execute("create table public.place (spot x.geography(point, 4326))")
    scratch.execute("insert into public.place select x.st_setsrid(x.st_makepoint(1.5, -2), 4326)")
    query: LiteralString = "select array[x.st_x(spot::x.geometry), x.st_y(spot::x.geometry), x.st_srid(spot)]"
    assert value(scratch, query + " from public.place") == [1.5, -2.0, 4326]
    assert value(scratch, "select x.st_asgeojson(spot)::json -> 'coordinates' ->> 1 from public.place") == "-2"
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="st_dwithin needs the real PostGIS"):
        scratch.execute("select x.st_dwithin(spot, spot, 1) from public.place")


def test_vector_standin_measures_as_the_real_one(scratch: Connection) -> None:
    """Distances and averages of the stand-in equal pgvector's, and a column keeps its dimensions."""
    text = next(path for path in EXTENSIONS if path.stem == "vector").read_text(encoding="utf-8")
    install(scratch, "vector")
    scratch.execute("create schema y; set search_path = y")
    # A database has one index method of a name.
    scratch.execute(re.sub(r"\b(access method|using) (hnsw|ivfflat)", r"\1 y_\2", text).encode())
    for operator in ("<->", "<#>", "<=>", "<+>"):
        query = f"select '[1,2,3]'::vector {operator} '[3,-1,4.5]'::vector"
        real, ours = (ask(scratch, query, schema) for schema in ("x", "y"))
        assert ours == pytest.approx(real), operator
    query = "select avg(v::vector)::text, vector_dims('[1,2]'::vector) from unnest(array['[1,2]', '[2,5]']) as v"
    real, ours = (ask(scratch, query, schema) for schema in ("x", "y"))
    assert ours == real
    scratch.execute("create table y.t (v y.vector(3))")
    assert ask(scratch, "select format_type(atttypid, atttypmod) from pg_attribute where attname = 'v'", "y") == (
        "vector(3)",
    )
    # An index takes vectors of any length, and no query ever uses it.
    scratch.execute("create index on y.t using y_hnsw (v vector_cosine_ops); create index on y.t using y_ivfflat (v)")
    long = f"[{','.join(['1.25'] * 3000)}]"
    scratch.execute("alter table y.t alter v type vector")
    scratch.execute("insert into y.t select %s from generate_series(1, 9)", [long])


def test_wrappers_make_servers_that_answer_nothing(scratch: Connection) -> None:
    """The DDL of a foreign table goes through; reading it does not."""
    install(scratch, "wrappers")
    scratch.execute("create foreign data wrapper w handler x.stripe_fdw_handler validator x.stripe_fdw_validator")
    scratch.execute("create server s foreign data wrapper w options (api_key_id 'k')")
    scratch.execute("create foreign table public.customers (id text) server s options (object 'customers')")
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        scratch.execute("select * from public.customers")


@pytest.mark.parametrize("path", [p for p in STANDINS if header(p).relocatable and p.stem != "vector"], ids=relative)
def test_relocatable_standin_can_be_moved(scratch: Connection, path: Path) -> None:
    """ALTER EXTENSION … SET SCHEMA works, and nothing in the stand-in looks for its own objects by an old name."""
    install(scratch, path.stem)
    scratch.execute("create schema elsewhere")
    scratch.execute(sql.SQL("alter extension {} set schema elsewhere").format(sql.Identifier(path.stem)))
    query: LiteralString = "select proname from pg_proc where pronamespace = 'x'::regnamespace"
    assert scratch.execute(query).fetchall() == []
    bodies: LiteralString = r"""select prosrc from pg_proc where pronamespace = 'elsewhere'::regnamespace
        and prosqlbody is null and exists (
            select from pg_proc as own where own.pronamespace = 'elsewhere'::regnamespace
                and pg_proc.prosrc ~ ('\m' || own.proname || '\s*\(')
                and not exists (select from pg_proc as core where core.proname = own.proname
                    and core.pronamespace = 'pg_catalog'::regnamespace)
        )"""
    assert scratch.execute(bodies).fetchall() == []


SIGNATURES: LiteralString = """
    select replace(replace(p.oid::regprocedure::text, %(schema)s || '.', ''), '"', ''),
        replace(pg_get_function_result(p.oid), %(schema)s || '.', ''), p.provolatile, p.proisstrict, p.proparallel
    from pg_proc as p where p.pronamespace = %(schema)s::regnamespace and p.prokind = 'f'
"""


@pytest.mark.parametrize("path", DECLARED, ids=relative)
def test_declarations_agree_with_the_real_extension(scratch: Connection, path: Path) -> None:
    """Each declared function and type is there in the real extension, with the same types and volatility."""
    install(scratch, path.stem)
    version = value(scratch, "select extversion from pg_extension where extname = %s", path.stem)
    assert header(path).version == version
    scratch.execute("create schema declared; set search_path = declared")
    text = path.read_text(encoding="utf-8")
    # A database has one wrapper of a name.
    scratch.execute(text.replace("create foreign data wrapper ", "create foreign data wrapper declared_").encode())
    scratch.execute("set search_path = ''")
    declared = set(scratch.execute(SIGNATURES, {"schema": "declared"}).fetchall())
    assert declared
    assert declared <= set(scratch.execute(SIGNATURES, {"schema": "x"}).fetchall())
    types: LiteralString = "select typname, typtype, typlen from pg_type where typnamespace = %s::regnamespace"
    real = set(scratch.execute(types, ["x"]).fetchall())
    assert set(scratch.execute(types, ["declared"]).fetchall()) <= real
