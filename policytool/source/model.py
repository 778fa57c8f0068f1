"""What a source holds: its SQL files in the order they run, and what was noticed while reading them."""

import msgspec


class SqlFile(msgspec.Struct, frozen=True, kw_only=True):
    """One SQL file as text; every offset in the project counts on this text."""

    path: str
    text: str
    order: int = 0
    version: str | None = None
    repeatable: bool = False
    skipped_by_tool: bool = False
    transaction: bool = True  # the tool runs it in one transaction, or sends it as one
    layout: str = ""
    includes: tuple["Include", ...] = ()


class Include(msgspec.Struct, frozen=True, kw_only=True):
    r"""A file that another one pulls in with psql's \i or \ir, under the name written there."""

    name: str
    file: SqlFile


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person should know about what was read, and what was not."""

    path: str | None = None
    line: int | None = None
    column: int | None = None
    message: str
    hint: str | None = None


class ProjectConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What supabase/config.toml says; None where it says nothing."""

    exposed_schemas: tuple[str, ...] | None = None
    major_version: int | None = None
    auto_expose_new_tables: bool | None = None
    anonymous_sign_ins: bool | None = None
    path: str | None = None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """Everything read from one source."""

    label: str
    layout: str
    files: tuple[SqlFile, ...]
    notes: tuple[Note, ...] = ()
    config: ProjectConfig | None = None
    root: str | None = None


def all_files(files: tuple[SqlFile, ...]) -> tuple[SqlFile, ...]:
    """The files and those they include, however deep."""
    included = tuple(i.file for f in files for i in f.includes)
    return files + (all_files(included) if included else ())
