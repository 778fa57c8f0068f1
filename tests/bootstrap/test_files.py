"""What the bootstrap files are made of: plain DDL that the builder folds and a server runs alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from policytool.source.model import SqlFile
from policytool.syntax.parse import parse_file
from tests.bootstrap.support import EXTENSIONS, FILES, FOLDER, header, relative

PLAIN = {
    "AlterDefaultPrivilegesStmt", "AlterEventTrigStmt", "AlterObjectSchemaStmt", "AlterOwnerStmt", "AlterRoleSetStmt",
    "AlterRoleStmt", "AlterTableStmt", "CommentStmt", "CompositeTypeStmt", "CreateAmStmt", "CreateCastStmt",
    "CreateDomainStmt", "CreateOpClassStmt",
    "CreateEnumStmt", "CreateEventTrigStmt", "CreateExtensionStmt", "CreateFdwStmt", "CreateFunctionStmt",
    "CreatePolicyStmt", "CreatePublicationStmt", "CreateRoleStmt", "CreateSchemaStmt", "CreateSeqStmt", "CreateStmt",
    "CreateTrigStmt", "DefineStmt", "GrantRoleStmt", "GrantStmt", "IndexStmt", "VariableSetStmt", "ViewStmt",
}  # fmt: skip
ROLES = {"CreateRoleStmt", "AlterRoleStmt", "AlterRoleSetStmt", "GrantRoleStmt"}
CLUSTER = {"010_roles.sql", "000_builder_only_cluster.sql"}


def kinds(path: Path) -> set[str]:
    """The kinds of statement in a file, which must parse without a problem."""
    parsed = parse_file(SqlFile(path=path.name, text=path.read_text(encoding="utf-8")))
    assert parsed.problems == ()
    return {statement.kind for statement in parsed.statements}


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_every_file_holds_plain_ddl_only(path: Path) -> None:
    """No DO block, no psql line, no query: only statements whose effect can be read off them."""
    assert kinds(path) <= PLAIN


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_roles_are_made_in_files_of_their_own(path: Path) -> None:
    """Roles belong to the cluster, so a file that is run for each database makes none and changes none."""
    assert path.name in CLUSTER or not kinds(path) & ROLES


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_every_file_begins_with_what_it_gives(path: Path) -> None:
    """The header is a comment, and no line is longer than the project's limit."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("-- ")
    assert [line for line in lines if len(line) > 120] == []


@pytest.mark.parametrize("path", EXTENSIONS, ids=relative)
def test_extension_header_names_its_file(path: Path) -> None:
    """The first line says the extension's name, where it goes and whether its SQL runs without a library."""
    said = header(path)
    assert said.name == path.stem
    assert not (said.fixed and said.schema == "current")
    assert not (said.fixed and said.relocatable)


def test_grants_are_for_extensions_that_are_known() -> None:
    """What is granted after CREATE EXTENSION goes with the extension's own file."""
    after = {path.stem for path in (FOLDER / "supabase" / "after_extension").glob("*.sql")}
    assert after
    assert after <= {path.stem for path in EXTENSIONS}


def test_families_share_what_every_cluster_has() -> None:
    """The predefined roles and the public schema are told alike for both platforms."""
    common = "000_builder_only_cluster.sql"
    supabase = (FOLDER / "supabase" / common).read_text(encoding="utf-8")
    plain = (FOLDER / "postgres" / common).read_text(encoding="utf-8")
    own = "create role supabase_admin with superuser createdb createrole login replication bypassrls;\n\n"
    assert supabase.replace(own, "") == plain
