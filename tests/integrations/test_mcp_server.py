"""`policytool mcp`, asked by a real client over standard input and output."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from mcp import StdioServerParameters
from mcp.client.client import Client

ROOT = Path(__file__).resolve().parents[2]
OPEN = "create table public.notes (id bigint primary key);\ngrant select, insert on public.notes to anon;\n"
MENDED = "alter table public.orders enable row level security;"
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop that leaks, in a folder of its own."""
    return Path(shutil.copytree(ROOT / "examples" / "leaky", tmp_path_factory.mktemp("mcp") / "shop"))


@contextmanager
def talking(folder: Path, *arguments: str, mode: Any = "auto") -> Iterator[tuple[Client, Call]]:
    """A client of a server that is started in the folder, and what calls its coroutines."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "policytool", "mcp", *arguments], cwd=str(folder)
    )
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(command, mode=mode)) as client:
        yield client, portal.call


@pytest.fixture(scope="module")
def call(shop: Path) -> Iterator[Call]:
    """Calls a tool, and gives what it answers, or the text of its error."""
    with talking(shop) as (client, run):

        def ask(tool: str, **given: Any) -> Any:
            result = run(client.call_tool, tool, given)
            said: Any = result.content[0]
            if result.is_error or tool == "explain_rule":
                return said.text
            return result.structured_content

        yield ask


def digest(folder: Path) -> dict[str, str]:
    """Every file below a folder with its content."""
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_are_there_and_only_read(shop: Path, mode: str) -> None:
    """A client of today and one of the older handshake see the tools, each marked as read-only."""
    with talking(shop, mode=mode) as (client, run):
        tools = {tool.name: tool for tool in run(client.list_tools).tools}
    assert set(tools) >= {"audit", "catalog", "access", "diff", "propose_fix", "test", "explain_rule"}
    assert all(tool.annotations.read_only_hint for tool in tools.values())
    assert all(tool.description for tool in tools.values())


def test_audit_gives_the_findings_by_the_page(call: Call) -> None:
    """Pages do not overlap and together hold every finding."""
    found, offset = [], 0
    while offset is not None:
        page = call("audit", offset=offset, limit=7)["findings"]
        assert len(page["items"]) <= 7
        found += page["items"]
        offset = page["next_offset"]
    assert len({f["fingerprint"] for f in found}) == len(found) == page["total"] == 18


def test_sql_that_is_not_saved_is_judged(call: Call, shop: Path) -> None:
    """Only what the SQL brings is said, at its lines; no file is touched."""
    before = digest(shop)
    answer = call("audit", sql=OPEN)
    assert [f["rule"] for f in answer["findings"]["items"]] == ["rls-disabled-exposed"]
    assert answer["findings"]["items"][0]["location"]["path"] == answer["judged"]
    assert answer["judged"].startswith("supabase/migrations/")
    assert digest(shop) == before


def test_sql_that_mends_is_told_so(call: Call) -> None:
    """`mended` names what is not found any more."""
    answer = call("audit", sql=MENDED, min_severity="warning")
    assert {"rule": "policies-without-rls", "identity": "table public.orders"} in answer["mended"]
    assert answer["findings"]["total"] == 0


def test_sql_may_take_the_place_of_a_file(call: Call, shop: Path) -> None:
    """With `path` an existing migration is judged as it would become."""
    path = "supabase/migrations/20260604090000_reports.sql"
    answer = call("audit", sql=(shop / path).read_text() + OPEN, path=path)
    assert [f["identity"] for f in answer["findings"]["items"]] == ["table public.notes"]


def test_sql_with_a_mistake_is_told_where(call: Call) -> None:
    """A statement that does not parse is named with its line."""
    answer = call("audit", sql="select 1;\ncreate tabel x ();")
    (missed,) = answer["not_analysed"]
    assert missed["location"]["line"] == 2


def test_access_says_who_and_why(call: Call) -> None:
    """Each cell has its filter and its reasons."""
    answer = call("access", name="profiles", role="anon", command="SELECT")
    (cell,) = answer["items"]
    assert (cell["access"], cell["table"]) == ("all", "public.profiles")
    assert any("Users read their own profile" in reason["message"] for reason in cell["because"])
    assert any("Visitors who are not signed in may read every row." in line for line in answer["in_words"])


def test_access_counts_sql_that_is_not_saved(call: Call) -> None:
    """What the new SQL gives is in the answer."""
    answer = call("access", name="notes", role="anon", command="INSERT", sql=OPEN)
    assert answer["items"][0]["access"] == "all"


def test_the_catalog_lists_and_tells(call: Call) -> None:
    """A line for each object; with a name the whole of it, without the secrets in its text."""
    listed = call("catalog", limit=100)
    assert "table public.orders" in [item["identity"] for item in listed["items"]]
    table = call("catalog", name="public.orders")["items"][0]
    assert (table["kind"], table["rls_enabled"]) == ("table", False)
    function = call("catalog", name="send_weekly_report")["items"][0]
    assert "Bearer eyJh****" in json.dumps(function)


def test_diff_tells_who_gains_what(call: Call) -> None:
    """The change of access stands beside the statement."""
    answer = call("diff", sql="grant delete on public.coupons to anon;")
    assert answer["access"][0] == "anon can now delete from public.coupons"
    assert answer["changes"]["items"][0]["action"] == "grant"


def test_a_proposed_fix_is_good(call: Call) -> None:
    """The proposed migration, judged by the server itself, mends its finding and brings no other."""
    proposed = call("propose_fix", table="orders", rules=["policies-without-rls"], unsafe=True)
    assert [f["rule"] for f in proposed["fixed"]] == ["policies-without-rls"]
    judged = call("audit", sql=proposed["sql"], path=proposed["path"], min_severity="warning")
    assert judged["findings"]["total"] == 0
    assert judged["mended"] == proposed["fixed"]


def test_policy_tests_are_run(call: Call, shop: Path) -> None:
    """On a throwaway server; what fails is told with what decided it."""
    tests = shop / "supabase" / "tests" / "coupons.policy.yaml"
    tests.parent.mkdir()
    tests.write_text(
        "policytool: 1\nactors:\n  anon: {role: anon}\nseed:\n  coupons:\n    one: {}\n"
        "tables:\n  coupons:\n    one: {}\n"
    )
    answer = call("test")
    assert answer["failed"] == 1, answer
    assert (answer["cases"]["items"][0]["role"], answer["cases"]["items"][0]["passed"]) == ("anon", False)
    assert "row level security is off" in answer["cases"]["items"][0]["why"]


def test_a_rule_is_explained(call: Call) -> None:
    """The page of the rule."""
    assert "## Why it matters" in call("explain_rule", rule="policies-without-rls")


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("explain_rule", {"rule": "policy-tru"}, "there is no rule 'policy-tru'"),
        ("catalog", {"name": "oders"}, "did you mean"),
        ("access", {"name": "orders", "role": "nobody"}, "there is no role 'nobody'"),
        ("audit", {"sql": "select 1", "path": "../x.sql"}, "not inside the project"),
        ("diff", {}, "nothing to compare"),
        ("diff", {"since": "--output=x"}, "is no git ref"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(call: Call, tool: str, given: dict[str, Any], said: str) -> None:
    """Errors reach the assistant as sentences."""
    assert said in call(tool, **given)


def test_a_long_text_is_cut(call: Call) -> None:
    """A body of a megabyte does not fill the conversation, and its length is told."""
    sql = f"create function public.f() returns text language sql as $$ select '{'x' * 1_000_000}' $$;"
    answer = call("catalog", name="f", sql=sql)
    assert len(json.dumps(answer)) < 20_000
    assert "more characters" in json.dumps(answer)
