"""Policy tests on a real server: what passes, what fails and how, and that no denial is vacuous."""

from __future__ import annotations

import pytest
from msgspec import structs

from policytool.testing.running.results import Result
from policytool.testing.running.run import run_suite
from policytool.testing.running.world import BadActor
from policytool.testing.suites.read import read_suite
from tests.testing.conftest import Lay, Try
from tests.testing.schemas import MARKET, MARKET_TEST

NOTES = """
create table public.notes (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users,
  body text not null default 'b', state text not null default 'open' check (state in ('open', 'shut')));
alter table public.notes enable row level security;
grant all on public.notes to authenticated, service_role;
"""
OWN = "create policy own on public.notes to authenticated using (owner_id = (select auth.uid()));"
HEAD = """\
policytool: 1
actors: {anon: {role: anon}, sam: {}, sue: {}, service: {role: service_role}}
seed: {notes: {one: {owner_id: "@sam"}}}
"""
MATRIX = HEAD + "tables: {notes: {one: {sam: rud}}}\n"


def problems(found: dict[str, Result]) -> dict[str, str]:
    return {name: result.problem for name, result in found.items() if not result.passed}


def test_a_whole_file_passes(tried: Try) -> None:
    """All that the market's file says is so."""
    found = tried(MARKET, MARKET_TEST)
    assert problems(found) == {}
    assert len(found) == 66
    result = found["listings.draft: sue read"]
    assert (result.role, result.expected, result.outcome, result.line) == ("authenticated", "denied", "filtered", 16)


def test_under_other_grants_other_cases_fail(tried: Try) -> None:
    """Where new tables are granted to the API roles, a grant of one column keeps nobody from another."""
    found = problems(tried(MARKET, MARKET_TEST, "supabase-legacy"))
    assert found == {
        "profiles: sam changes role": "sam changes role of profiles.sam to 'buyer'",
        "profiles: ben changes role": "ben changes role of profiles.ben to 'seller'",
    }


def test_what_is_not_listed_is_denied(tried: Try) -> None:
    """For every actor but the one that is meant to bypass row security and is not named."""
    found = tried(NOTES + OWN, MATRIX)
    assert problems(found) == {}
    assert {name.partition(": ")[2] for name in found} == {
        f"{actor} {verb}" for actor in ("anon", "sam", "sue") for verb in ("read", "update", "delete")
    }
    assert found["notes.one: anon read"].outcome == "denied by grant"
    assert found["notes.one: sue update"].outcome == "filtered"
    open_ = tried(
        NOTES + OWN + "create policy all_read on public.notes for select to authenticated using (true);", MATRIX
    )
    assert problems(open_) == {"notes.one: sue read": "sue may read notes.one"}


def test_a_failure_says_who_what_and_why(tried: Try) -> None:
    """The statement, the policy that let it through, the row."""
    result = tried(NOTES + "create policy any_read on public.notes for select using (true);", MATRIX)[
        "notes.one: sue read"
    ]
    assert (result.expected, result.outcome, result.actor, result.role) == ("denied", "allowed", "sue", "authenticated")
    assert result.sql.startswith("select * from public.notes where id = '")
    assert 'policy "any_read" (one.sql:6)' in result.why
    assert result.row is not None
    assert result.row["body"] == "b"


def test_what_is_listed_must_be_allowed(tried: Try) -> None:
    """And a failure says what stops it."""
    found = problems(tried(NOTES + OWN.replace("to authenticated", "for select to authenticated"), MATRIX))
    assert found == {
        "notes.one: sam update": "the row is filtered out: sam reaches no row",
        "notes.one: sam delete": "the row is filtered out: sam reaches no row",
    }


def test_a_denial_of_what_is_not_there_is_vacuous(tried: Try) -> None:
    """Past all policies the statement touches no row either, so that it proves nothing."""
    text = HEAD + (
        "cases:\n"
        "  - {sql: \"delete from notes where body = 'x'\", by: {sue: {rows: 0}, sam: {denied: filtered}}}\n"
        "  - {sql: delete from nots, by: {sue: deny}}\n"
    )
    found = tried(NOTES + OWN, text)
    assert {result.problem for result in found.values()} == {
        "vacuous: past all policies it touches no row either",
        'an error is no denial: relation "nots" does not exist (42P01)',
    }


def test_a_statement_without_a_filter_is_tried_too(tried: Try) -> None:
    """SELECT policies apply where columns are read: a delete without a filter gets to rows that others do not."""
    sql = NOTES + "create policy r on public.notes for select to authenticated using (owner_id = (select auth.uid()));"
    sql += "create policy d on public.notes for delete to authenticated using (true);"
    found = tried(sql, HEAD + "tables: {notes: {one: {sam: rd}}}\n")
    assert problems(found) == {"notes.one: sue delete": "a delete without a filter gets to notes.one"}
    assert found["notes.one: sue delete"].sql == "delete from public.notes"
    child = "create table public.tags (note_id uuid not null references public.notes);"
    text = HEAD.replace("seed: {", "seed: {tags: {t: {note_id: '@one'}}, ") + "tables: {notes: {one: {sam: rd}}}\n"
    assert problems(tried(sql + child, text)) == problems(found)


def test_a_check_that_refuses_one_update_may_accept_another(tried: Try) -> None:
    """A row of somebody else's that one may take over is not out of reach."""
    sql = NOTES + "create policy r on public.notes for select to authenticated using (true);"
    sql += (
        "create policy u on public.notes for update to authenticated using (true) with check (owner_id = auth.uid());"
    )
    found = tried(sql, HEAD + "tables: {notes: {one: {sam: ru, sue: r}}}\n")
    assert problems(found) == {"notes.one: sue update": "sue may update notes.one by setting owner_id"}


def test_inserts_that_are_not_listed_are_denied(tried: Try) -> None:
    """A row that somebody may insert, and copies of those that are there, are tried as everybody else."""
    text = HEAD + 'tables: {notes: {create: [{as: sam, with: {owner_id: "@sam"}}]}}\n'
    assert problems(tried(NOTES + OWN, text)) == {}
    loose = NOTES + "create policy i on public.notes for insert to authenticated with check (true);"
    assert problems(tried(loose, text)) == {
        "notes: sue insert as sam": "sue may insert, and nothing under `create` says so",
    }


def test_inserts_are_told_apart(tried: Try) -> None:
    """The check of an INSERT policy, the SELECT policy that RETURNING brings in, a constraint."""
    sql = NOTES + "create policy i on public.notes for insert to authenticated with check (owner_id = auth.uid());"
    text = HEAD + (
        "cases:\n"
        '  - {insert: {notes: {owner_id: "@sam"}}, returning: both, by: {sam: allow, sue: {denied: check}}}\n'
        '  - {insert: {notes: {owner_id: "@sam", state: ajar}}, by: {sue: {denied: check}}}\n'
    )
    found = tried(sql, text)
    assert list(problems(found)) == ["insert notes, returning: sam"]
    assert found["insert notes, returning: sam"].outcome == "denied by read policy"
    impossible = problems(tried(sql, text.replace("by: {sue: {denied: check}}", "by: {sam: allow}")))
    assert impossible["insert notes: sam (2)"].startswith("no row of public.notes can be made as given")


def test_on_conflict_asks_select_policies(tried: Try) -> None:
    """A row that may be written and not read is not written with ON CONFLICT."""
    sql = NOTES + "create policy i on public.notes for insert to authenticated with check (true);"
    text = HEAD + (
        "cases:\n"
        '  - {insert: {notes: {owner_id: "@sam"}}, by: {sue: allow}}\n'
        '  - {insert: {notes: {owner_id: "@sam"}}, on_conflict: nothing, by: {sue: {denied: read}}}\n'
        '  - {insert: {notes: {id: "@one", owner_id: "@sam"}}, on_conflict: update, by: {sue: {denied: read}}}\n'
    )
    found = tried(sql, text)
    assert problems(found) == {}
    assert [result.outcome for result in found.values()][1:] == ["denied by read policy"] * 2


def test_why_is_found_in_the_state_of_the_case(tried: Try) -> None:
    """A row of the case's own is there while it is asked."""
    text = (
        HEAD
        + """\
cases:
  - seed: {notes: {two: {owner_id: "@sue"}}}
    select: notes.two
    by: {sam: {denied: filtered}}
"""
    )
    result = tried(NOTES + "create policy loose on public.notes for select using (true);", text)[
        "select notes.two: sam"
    ]
    assert result.problem == "sam may read notes.two"
    assert 'policy "loose"' in result.why


def test_frozen_columns(tried: Try) -> None:
    """Nothing that the column takes past all policies is taken from the actor; a trigger may put back what was."""
    text = HEAD + "tables: {notes: {one: {sam: rud}, frozen: {sam: [state]}}}\n"
    assert problems(tried(NOTES + OWN, text)) == {
        "notes: sam changes state": "sam changes state of notes.one to 'shut'",
    }
    silent = """create function public.keep() returns trigger language plpgsql as $$
      begin new.state := old.state; return new; end $$;
    create trigger keep before update on public.notes for each row when (current_user = 'authenticated')
      execute function public.keep();"""
    found = tried(NOTES + OWN + silent, text)
    assert problems(found) == {}
    assert found["notes: sam changes state"].outcome == "unchanged"
    loud = silent.replace("new.state := old.state; return new;", "raise exception 'not yours to change';")
    loud = loud.replace("for each row when (", "for each row when (new.state <> old.state and ")
    found = tried(NOTES + OWN + loud, text)
    assert problems(found) == {}
    assert found["notes: sam changes state"].outcome == "denied by trigger"


def test_who_and_sees_are_exact(tried: Try) -> None:
    """One more or one less is wrong."""
    text = HEAD + "who: [{select: notes.one, exactly: [sue, service]}]\nsees: {sam: {notes: []}, sue: {notes: [one]}}\n"
    found = tried(NOTES + OWN, text)
    assert problems(found) == {
        "who may read notes.one": "sam may read notes.one",
        "sam sees notes": "sam also sees one",
        "sue sees notes": "does not see one",
    }
    assert found["who may read notes.one"].outcome == "sam, service"


def test_a_policy_that_needs_settings_to_be_unset(tried: Try) -> None:
    """It works on a fresh connection and fails on one that served others before, whose settings are empty."""
    sql = NOTES + (
        "create policy t on public.notes for select to authenticated"
        " using (current_setting('app.tenant', true) is null or current_setting('app.tenant', true)::uuid = id);"
    )
    found = tried(sql, HEAD + "tables: {notes: {one: {sam: r, sue: r}}}\n")
    assert problems(found)["notes.one: sam read"].startswith(
        "passes where settings are unset, but not where a connection holds them emptied: sam is stopped: invalid input"
    )


def test_columns_that_a_role_may_not_name(tried: Try) -> None:
    """A column grant decides what is selected and updated; the key need not be readable."""
    sql = NOTES.replace("grant all on public.notes to authenticated, service_role;", "") + OWN
    sql += "grant select (body, owner_id), update (body) on public.notes to authenticated;"
    found = tried(sql, HEAD + "tables: {notes: {one: {sam: ru}}}\nsees: {sam: {notes: [one]}, sue: {notes: []}}\n")
    assert problems(found) == {}
    assert found["notes.one: sam delete"].outcome == "denied by grant"


def test_steps_and_what_holds_afterwards(tried: Try) -> None:
    """Steps stay for the rest of a case and for no other; a case has rows of its own."""
    text = (
        HEAD
        + """\
cases:
  - name: shut notes are shut
    seed: {notes: {two: {owner_id: "@sue"}}}
    first:
      - {as: sue, update: {notes.two: {state: shut}}}
    sql: update notes set body = 'new' where id = {@two}
    by: {sue: allow, sam: {denied: filtered}}
    then:
      - {sql: "select state, body from notes where id = {@two}", values: [[shut, new]]}
      - {as: sam, sql: "select from notes where id = {@two}", rows: 0}
  - name: nothing is left
    sql: select count(*) from notes
    by: {service: {value: 1}}
"""
    )
    found = tried(NOTES + OWN, text)
    assert problems(found) == {}
    wrong = text.replace("[[shut, new]]", "[[open, new]]")
    assert problems(tried(NOTES + OWN, wrong)) == {
        "shut notes are shut: sue": "afterwards (line 12) the values are shut, new"
    }


def test_what_cannot_be_seeded_fails(tried: Try) -> None:
    """A row that is none, a step that does not run: no case passes without what it is about."""
    wrong = HEAD.replace('owner_id: "@sam"', 'owner_id: "@sam", state: ajar')
    found = tried(NOTES + OWN, wrong + "tables: {notes: {one: {}}}\n")
    assert {result.problem.partition(":")[0] for result in found.values()} == {"notes.one could not be seeded"}
    assert not any(result.passed for result in found.values())
    text = HEAD + "cases:\n  - {first: [{as: sue, sql: delete from nots}], select: notes.one, by: {sam: allow}}\n"
    assert [problem.partition(":")[0] for problem in problems(tried(NOTES + OWN, text)).values()] == [
        "the step on line 5 fails"
    ]


def test_somebody_past_row_security_is_no_actor(lay: Lay) -> None:
    """The server is asked, whatever the catalog says: a role may have been altered."""
    ground = lay(NOTES + OWN)
    suite = read_suite("a.policy.yaml", MATRIX, ground.built.catalog)
    service = structs.replace(suite.actors["sam"], role="service_role")
    tampered = structs.replace(suite, actors={**suite.actors, "sam": service})
    with pytest.raises(BadActor, match=r"sam acts as service_role, which is past row security \(BYPASSRLS\)"):
        list(run_suite(ground, tampered))


def test_a_statement_that_ends_the_transaction(tried: Try) -> None:
    """It is a failure, and those after it run."""
    text = HEAD + "cases:\n  - {sql: commit, by: {sam: allow}}\n  - {select: notes.one, by: {sam: allow}}\n"
    found = problems(tried(NOTES + OWN, text))
    assert list(found) == ["commit: sam"]


def test_recursion_is_no_denial(tried: Try) -> None:
    """A policy that asks its own table fails for everybody; nobody is denied by it."""
    sql = (
        NOTES
        + "create policy r on public.notes using (exists (select from public.notes n where n.owner_id = auth.uid()));"
    )
    found = problems(tried(sql, MATRIX))
    assert found["notes.one: sue read"].startswith("an error is no denial: infinite recursion detected in policy")


def test_a_column_that_only_a_constraint_keeps_is_not_frozen(tried: Try) -> None:
    """Policies let the actor change it; where they do not, no value need be one that the column takes."""
    sql = NOTES.replace("in ('open', 'shut')", "in ('open')") + OWN
    found = problems(tried(sql, HEAD + "tables: {notes: {frozen: {sam: [state]}}}\n"))
    assert found["notes: sam changes state"].startswith("only a constraint keeps sam from changing state: new row")
    assert problems(tried(sql, HEAD + "tables: {notes: {frozen: {sue: [state]}}}\n")) == {}


def test_a_plain_database_without_tokens(tried: Try) -> None:
    """Roles and settings of the project's own."""
    sql = """create table public.tenants (id uuid primary key);
    create table public.notes (id int primary key, tenant_id uuid not null references public.tenants);
    alter table public.notes enable row level security;
    create policy t on public.notes using (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
    grant select on public.notes to authenticated;
    """
    text = """\
policytool: 1
actors:
  one: {role: authenticated, settings: {app.tenant: "@acme"}}
  two: {role: authenticated, settings: {app.tenant: "@bolt"}}
seed: {tenants: {acme: {}, bolt: {}}, notes: {n: {tenant_id: "@acme"}}}
tables: {notes: {n: {one: r}}}
"""
    assert problems(tried(sql, text)) == {}
