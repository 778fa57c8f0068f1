"""Snapshots: the documented shape, nothing lost on the way there and back, and clear words for what is no snapshot."""

from __future__ import annotations

import json
import re
import types
import typing
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policytool import api
from policytool.audit.registry import all_rules
from policytool.catalog import model
from policytool.catalog.objects import Catalog
from policytool.catalog.snapshot import LISTS, Document, _fields, decode, encode
from policytool.config import Config
from policytool.errors import SourceError
from policytool.rule import StatementRule
from tests.catalog.closing import built, hard_case, hard_cases

ROOT = Path(__file__).resolve().parents[2]
PRODUCT, LEAKY = str(ROOT / "supabase/migrations"), str(ROOT / "examples/leaky/supabase/migrations")

# --- there and back -------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8"), max_size=5)


def _of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type of the model."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(_of, arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return st.lists(_of(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(_of, arguments))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _struct(hint)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXTS,
        bool: st.booleans(),
        int: st.integers(-(2**63), 2**63 - 1),
        float: st.floats(allow_nan=False, allow_infinity=False),
        type(None): st.none(),
    }
    return plain[hint]


def _struct(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Structs in which each field has its default or any other value."""
    hints = typing.get_type_hints(kind)
    required = {f.name: _of(hints[f.name]) for f in msgspec.structs.fields(kind) if f.required}
    optional = {f.name: _of(hints[f.name]) for f in msgspec.structs.fields(kind) if not f.required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda fields: kind(**fields))


def _key(field: str, item: Any) -> Any:
    match field:
        case "functions":
            return item.signature
        case "others":
            return (item.kind, item.schema or "", item.name)
        case "buckets":
            return item.id
    return (item.schema, item.name) if hasattr(item, "schema") and field != "extensions" else item.name


KINDS: dict[str, type[msgspec.Struct]] = {
    field: typing.get_args(hint)[0] for field, hint in typing.get_type_hints(Document).items() if field in LISTS
}
MAPPINGS = [f.name for f in msgspec.structs.fields(Catalog) if f.default_factory is dict]


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_is_lost(data: st.DataObject) -> None:
    """decode(encode(c)) == c for any catalog: every field of every kind."""
    field = data.draw(st.sampled_from(LISTS))
    items = data.draw(st.lists(_struct(KINDS[field]), max_size=3))
    held = {_key(field, item): item for item in items} if field in MAPPINGS else tuple(items)
    fields: dict[str, Any] = {field: held}
    catalog = Catalog(platform=data.draw(TEXTS), **fields)
    assert decode(encode(catalog)) == catalog


def test_every_kind_of_the_model_is_in_the_format() -> None:
    """A kind that is added to the catalog and not to the snapshot would be lost."""
    assert set(LISTS) | {"platform", "live"} == set(Catalog.__struct_fields__)
    assert {f for f in LISTS if f in MAPPINGS} == set(MAPPINGS)


@pytest.mark.parametrize("name", hard_cases("postgres"))
def test_hard_catalogs_come_back(name: str) -> None:
    """What is hard to write as SQL is as easy as the rest to write as JSON."""
    catalog = built(hard_case("postgres", name), "postgres")
    assert decode(encode(catalog)) == catalog


@pytest.mark.parametrize("folder", [PRODUCT, LEAKY])
def test_projects_come_back(folder: str) -> None:
    """The example product with the platform's hundreds of objects."""
    catalog = api.load(folder).built.catalog
    assert decode(encode(catalog)) == catalog


def test_the_order_of_making_does_not_show() -> None:
    """Equal catalogs give the same bytes, whatever order their objects were made in."""
    one = built("create table b (id integer); create table a (id integer);", "postgres")
    other = msgspec.structs.replace(one, tables=dict(reversed(one.tables.items())))
    assert encode(other) == encode(one)
    assert [table["name"] for table in json.loads(encode(one))["tables"]] == ["a", "b"]


# --- the documented shape -------------------------------------------------------------------------------------------

SHAPE = {
    "tables": {
        "schema", "name", "owner", "columns", "rls_enabled", "rls_forced", "policies", "indexes", "constraints",
        "grants", "origin",
    },
    "views": {"schema", "name", "materialized", "security_invoker", "definition", "grants", "origin"},
    "functions": {
        "schema", "name", "arguments", "returns", "language", "security_definer", "volatility", "settings", "grants",
        "origin",
    },
    "enums": {"schema", "name", "labels", "origin"},
    "roles": {"name", "superuser", "inherit", "login", "bypassrls", "origin"},
    "schemas": {"name", "owner", "grants", "origin"},
    "memberships": {"role", "member", "admin", "inherit", "set"},
}  # fmt: skip
PARTS = {
    "columns": {"name", "type", "not_null", "default"},
    "policies": {"name", "command", "permissive", "roles", "using", "with_check"},
    "grants": {"grantee", "privilege"},
    "arguments": {"name", "type", "mode", "default"},
    "indexes": {"name", "method", "keys", "unique"},
    "constraints": {"name", "kind", "columns"},
}


def test_documented_fields_are_always_there() -> None:
    """No consumer has to guess what a missing field means: those of the format's description are never left out."""
    document = json.loads(encode(api.load(PRODUCT).built.catalog))
    assert document["format"] == 1
    assert document["platform"] == "supabase"
    assert set(LISTS) <= document.keys()
    for kind, fields in SHAPE.items():
        assert document[kind]
        for item in document[kind]:
            assert fields <= item.keys()
            for part, names in PARTS.items():
                assert all(names <= one.keys() for one in item.get(part, ()))


def test_spelling_of_values() -> None:
    """Keywords are in upper case, PUBLIC is `public`, a grant has columns only where it is for some."""
    sql = (
        "create role r; create table t (id integer, v text); create policy p on t for select using (id > 0);"
        "grant select (v), insert on t to r; create function f(n integer default 1) returns integer language sql stable"
        " set search_path = '' as 'select n'; create type e as enum ('b', 'a');"
    )
    document = json.loads(encode(built(sql, "postgres")))
    (table,), (enum,) = document["tables"], document["enums"]
    (function,) = document["functions"]
    assert table["origin"] is None
    policy = {name: table["policies"][0][name] for name in PARTS["policies"]}
    assert policy == {
        "name": "p", "command": "SELECT", "permissive": True, "roles": ["public"], "using": "id > 0",
        "with_check": None,
    }  # fmt: skip
    given_ = [(g["privilege"], g.get("columns")) for g in table["grants"] if g["grantee"] == "r"]
    assert given_ == [("INSERT", None), ("SELECT", ["v"])]
    assert function["arguments"] == [{"type": "integer", "name": "n", "mode": "IN", "default": "1"}]
    assert (function["volatility"], function["settings"]) == ("STABLE", ['search_path=""'])
    assert enum["labels"] == ["b", "a"]
    assert {role["origin"] for role in document["roles"] if role["name"] != "r"} == {"platform"}


def test_places_are_kept() -> None:
    """Where an object was made and last changed is in the snapshot; `changed` only where it is another place."""
    sql = "create table t (id integer);\ncreate table u (id integer);\nalter table u enable row level security;"
    text = encode(built(sql, "postgres"))
    first, second = json.loads(text)["tables"]
    assert (first["made"]["line"], "changed" in first) == (1, False)
    assert (second["made"]["line"], second["changed"]["line"]) == (2, 3)
    table = decode(text).tables[("public", "t")]
    assert table.changed == table.made


# --- what is no snapshot --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "s.json is not JSON: input data was truncated"),
        ("create table t ();", "s.json is not JSON: "),
        ("[1, 2]", "s.json is no snapshot: it holds no JSON object"),
        ("12", "s.json is no snapshot: it holds no JSON object"),
        ('{"name": "left-pad", "version": "1.0.0"}', "s.json is no snapshot: it has no `format`"),
        ('{"format": true}', "s.json is no snapshot: it has no `format`"),
        ('{"format": 2, "new": 1}', "s.json has format 2; this policytool reads 1"),
        ('{"format": 0}', "s.json has the unknown format 0"),
        ('{"format": "1"}', "s.json has the unknown format '1'"),
        ('{"format": 1}', "s.json is no valid snapshot: object missing required field `platform`"),
        ('{"format": 1, "platform": "postgres", "schemas": [], "roles": [], "tables": [], "tabels": []}',
         "s.json is no valid snapshot: object contains unknown field `tabels`"),
        ('{"format": 1, "platform": "postgres", "schemas": [], "roles": [], "tables": [{"schema": "s", "owner": "o"}]}',
         "s.json is no valid snapshot: object missing required field `name` at tables[0]"),
        ('{"format": 1, "platform": "postgres", "schemas": [], "roles": [{"name": 5}], "tables": []}',
         "s.json is no valid snapshot: expected `str`, got `int` at roles[0].name"),
        ('{"format": 1, "platform": "postgres", "schemas": [], "roles": [{"name": "a"}, {"name": "a"}], "tables": []}',
         "s.json has roles 'a' twice"),
        ('{"format": 1, "deep": ' + "[" * 100_000, "s.json is not JSON: "),
    ],
)  # fmt: skip
def test_what_is_no_snapshot_is_named(text: str, message: str) -> None:
    """The error says which file, what is wrong, and where in it."""
    with pytest.raises(SourceError) as caught:
        decode(text, label="s.json")
    assert caught.value.message.startswith(message)
    assert caught.value.hint is not None


# --- as a source ----------------------------------------------------------------------------------------------------


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """The leaky product's snapshot."""
    loaded = api.load(LEAKY)
    path = tmp_path / "leaky.json"
    text = encode(loaded.built.catalog, exposed_schemas=loaded.built.platform.exposed_schemas, major_version=17)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_snapshot_is_a_source(snapshot: Path) -> None:
    """It has no files, statements or journal, and its catalog and platform are those it was written from."""
    before, after = api.load(LEAKY), api.load(str(snapshot))
    assert (after.project.layout, after.project.files, after.built.statements) == ("snapshot", (), ())
    assert after.built.catalog == before.built.catalog
    assert after.built.platform.name == before.built.platform.name
    assert after.built.platform.exposed_schemas == before.built.platform.exposed_schemas
    assert after.built.platform.why == "as the snapshot says"


def test_a_snapshot_is_audited_like_its_source(snapshot: Path) -> None:
    """The same findings with the same places and fingerprints, but for rules that read statements or whole files."""
    reading = {rule.name for rule in all_rules() if isinstance(rule, StatementRule)} | {"secret-in-sql"}
    before = api.audit(api.load(LEAKY)).result.findings
    after = api.audit(api.load(str(snapshot))).result.findings
    assert len(after) > 10
    assert [f for f in after if f.rule not in reading] == [f for f in before if f.rule not in reading]
    (secret,) = [f for f in after if f.rule == "secret-in-sql"]
    assert secret.object.kind == "function"


def test_the_command_line_says_more_than_the_snapshot(snapshot: Path) -> None:
    """--platform and the configuration win over what the snapshot says of itself."""
    assert api.load(str(snapshot), platform="postgres").built.platform.why == "as --platform says"
    config = Config(exposed_schemas=("api",))
    assert api.load(str(snapshot), config=config).built.platform.exposed_schemas == ("api",)


@pytest.mark.parametrize(
    ("name", "message"), [("none.json", "none.json does not exist"), ("binary.json", "binary.json cannot be read: ")]
)
def test_snapshots_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    """A missing or binary file is a SourceError that names it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "binary.json").write_bytes(b"\0\1\2")
    with pytest.raises(SourceError, match=message):
        api.load(name)


def test_a_snapshot_larger_than_the_limit_is_not_read(snapshot: Path) -> None:
    """The limit for sources holds for snapshots, too."""
    with pytest.raises(SourceError, match="goes beyond the limit"):
        api.load(str(snapshot), config=Config(max_bytes=1000))


def test_a_snapshot_of_a_commit(snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git:REF:PATH reads a snapshot that was committed."""
    import subprocess

    folder = snapshot.parent
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm snapshot"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    before = api.load(str(snapshot)).built.catalog
    snapshot.unlink()
    monkeypatch.chdir(folder)
    assert api.load("git:HEAD:leaky.json").built.catalog == before


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_page_lists_every_field() -> None:
    """docs/snapshot.md names each field of each kind, and those always there are those that are always written."""
    kinds: dict[str, type[msgspec.Struct]] = KINDS | {
        "column": model.Column, "constraint": model.Constraint, "index": model.Index, "policy": model.Policy,
        "trigger": model.Trigger, "grant": model.Grant, "argument": model.Argument,
    }  # fmt: skip
    everywhere = {"made", "changed", "comment"}
    page = (ROOT / "docs/snapshot.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `?(\w+)`? \| `([^`]+)` \| (?:`([^`]+)`)? ?\|$", page, re.MULTILINE)
    assert {name for name, _, _ in rows} == set(kinds)
    for name, always, others in rows:
        first, second = (set(text.replace("[]", "").split(", ")) - {""} for text in (always, others))
        assert first == {field for field, _, shown in _fields(kinds[name]) if shown}, name
        assert first | second == set(kinds[name].__struct_fields__) - everywhere, name
