"""What configuration changes, and how it fails."""

import pytest

from tests.cli.support import CLEAN_TABLE, OPEN_TABLE, Cli


def write(cli: Cli, text: str) -> None:
    """A policytool.toml beside the migrations."""
    (cli.folder / "policytool.toml").write_text(text)


def test_an_ignore_needs_a_rule_an_object_and_a_reason(cli: Cli) -> None:
    """The finding moves to `ignored`, with its reason."""
    cli.migration(OPEN_TABLE)
    write(cli, '[[ignore]]\nrule = "rls-disabled-exposed"\nobject = "public.notes"\nreason = "a demo"\n')
    ran = cli("audit", "-f", "json")
    assert ran.code == 0
    assert [(i["rule"], i["reason"]) for i in ran.json["ignored"]] == [("rls-disabled-exposed", "a demo")]


def test_an_expired_ignore_covers_nothing(cli: Cli) -> None:
    """Past its date the finding is back."""
    cli.migration(OPEN_TABLE)
    write(
        cli,
        '[[ignore]]\nrule = "rls-disabled-exposed"\nobject = "*"\nreason = "soon"\nexpires = 2020-01-01\n',
    )
    assert cli("audit").code == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('platfrom = "supabase"\n', "unknown key `platfrom`"),
        ('[[ignore]]\nrule = "x"\nobject = "y"\n', "ignore[0]"),
        ('[[ignore]]\nrule = "rls-no-policy"\nobject = "y"\nreason = " "\n', "`ignore[0].reason` is empty"),
        ('platform = "oracle"\n', "at `platform`"),
        ('[rules.rls-no-policy]\nseverity = "loud"\n', "rules.rls-no-policy.severity"),
        ('[rules.no-such-rule]\nseverity = "off"\n', "no-such-rule"),
        ("this is not toml", "not valid TOML"),
    ],
)
def test_a_wrong_configuration_is_an_error_with_its_path(cli: Cli, text: str, says: str) -> None:
    """Nothing is guessed: exit code 2, the file and the key."""
    cli.migration(OPEN_TABLE)
    write(cli, text)
    ran = cli("audit")
    assert ran.code == 2
    assert says in ran.err


def test_pyproject_is_read_where_it_speaks_of_policytool(cli: Cli) -> None:
    """[tool.policytool] is the same configuration."""
    cli.migration(OPEN_TABLE)
    (cli.folder / "pyproject.toml").write_text('[tool.policytool]\nfail_on = "never"\n')
    assert cli("audit").code == 0


def test_a_rule_can_be_switched_off_or_given_another_severity(cli: Cli) -> None:
    """`off` leaves it out; another severity replaces its own."""
    cli.migration(OPEN_TABLE)
    write(cli, '[rules.rls-disabled-exposed]\nseverity = "info"\n')
    found = {f["rule"]: f["severity"] for f in cli("audit", "-f", "json").json["findings"]}
    assert found["rls-disabled-exposed"] == "info"
    write(cli, '[rule.rls-disabled-exposed]\nseverity = "off"\n')
    assert "rls-disabled-exposed" not in {f["rule"] for f in cli("audit", "-f", "json").json["findings"]}


def test_a_schema_that_is_not_exposed_is_not_reported(cli: Cli) -> None:
    """`exposed_schemas` is what clients can name."""
    cli.migration(OPEN_TABLE)
    write(cli, 'exposed_schemas = ["api"]\n')
    assert cli("audit").code == 0


def test_supabase_config_says_what_is_exposed(cli: Cli) -> None:
    """[api] schemas of supabase/config.toml."""
    cli.migration("create schema api;\ngrant usage on schema api to anon;\n" + OPEN_TABLE.replace("public.", "api."))
    sql = "grant select on api.notes to anon;\n"
    cli.migration(sql, "20240102000000_two.sql")
    assert cli("audit").code == 0
    (cli.folder / "supabase" / "config.toml").write_text('[api]\nschemas = ["public", "api"]\n')
    assert cli("audit").code == 1


def test_a_comment_ignores_at_the_statement(cli: Cli) -> None:
    """The finding is ignored with the reason of the comment."""
    cli.migration("-- policytool: ignore[rls-disabled-exposed] a demo\n" + OPEN_TABLE)
    ran = cli("audit", "-f", "json")
    assert ran.code == 0
    assert ran.json["ignored"][0]["reason"] == "a demo"


def test_a_comment_holds_for_what_the_statement_makes(cli: Cli) -> None:
    """A finding that points elsewhere is ignored where its table was made."""
    cli.migration(
        "-- policytool: ignore[policies-without-rls] by design\n"
        + OPEN_TABLE
        + "create policy p on public.notes using (true);\n"
    )
    assert "policies-without-rls" not in {f["rule"] for f in cli("audit", "-f", "json").json["findings"]}


def test_a_comment_does_not_reach_the_next_statement(cli: Cli) -> None:
    """Only the statement below the comment is covered."""
    cli.migration(
        "-- policytool: ignore[rls-disabled-exposed] a demo\n" + CLEAN_TABLE + OPEN_TABLE.replace("notes", "b")
    )
    assert cli("audit").code == 1


def test_owner_columns_are_extended(cli: Cli) -> None:
    """A project's own name for the owner of a row."""
    sql = CLEAN_TABLE.replace("owner_id = (select auth.uid())", "id > 0 and auth.uid() is not null").replace(
        "owner_id", "member_id"
    )
    cli.migration(sql)
    assert "owner-column-unscoped" not in cli("audit", "-f", "json").out
    write(cli, 'owner_columns = ["member_id"]\n')
    assert "owner-column-unscoped" in cli("audit", "-f", "json").out
