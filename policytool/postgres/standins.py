"""The extensions of a server of ours: SQL stand-ins for those it lacks, and the others made safe for a project to make.

A trusted extension's script runs as the superuser, whoever makes it. Those a project may have are trusted here, so that
CREATE EXTENSION works in the body of a DO as well; the rest is not. While a script runs, event triggers are off: those
of a project would fire as the superuser.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from policytool.postgres.confine import CONFINED
from policytool.postgres.privileged import EXTENSIONS
from policytool.source.bootstrap import extension_file, extension_parts, sql_folder
from policytool.source.model import SqlFile

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

_HEADER = re.compile(
    r"-- (?P<name>\S+): schema = (?P<schema>\S+), fixed = (?P<fixed>yes|no), relocatable = (?P<relocatable>yes|no), "
    r"version = (?P<version>\S+), runs = (?P<runs>yes|no)\n"
)
_TRUSTED = re.compile(r"^\s*trusted\s*=.*$", re.MULTILINE)
_DIRECTORY = re.compile(r"^\s*directory\s*=.*$", re.MULTILINE)
# Older versions that suites ask for by number; the stand-in is the same.
_PINNED = {"basejump-supabase_test_helpers": tuple(f"0.0.{n}" for n in range(1, 6)), "pgtap": ("1.2.0", "1.3.5")}
STANDS_IN = "stand-in made by policytool"
_MADE = f"comment = '{STANDS_IN}'"
_MADE_HERE = b"""
select e.extname from pg_catalog.pg_extension e
left join pg_catalog.pg_available_extensions a on a.name operator(pg_catalog.=) e.extname
where a.name is null or a.comment operator(pg_catalog.=) %s order by 1
"""
_SHARE = b"select setting from pg_catalog.pg_config where name = 'SHAREDIR'"


def write_standins(server: Server, family: str = "supabase") -> tuple[str, ...]:
    """Put them where the server looks first, and return the names of the stand-ins."""
    with server.connect() as connection:
        (share,) = connection.execute(_SHARE).fetchone() or ("",)
    if server.major < 18:
        return tuple(name for name in standin_names() if name not in own_extensions(Path(share)))
    target = Path(server.running.folder) / "standins" / "extension"
    target.mkdir(parents=True, exist_ok=True, mode=0o755)
    return write_extensions(target, Path(share), family, server.major)[0]


def write_extensions(target: Path | None, share: Path, family: str, major: int) -> tuple[tuple[str, ...], str]:
    """Write control files and scripts into a folder, if any; the names of the stand-ins, and a digest of it all."""
    digest = hashlib.sha256()
    quiet = "set local event_triggers = off;" if major >= 17 else "set local session_replication_role = replica;"

    def write(name: str, text: str) -> None:
        digest.update(f"{name}\0{text}\0".encode())
        if target is not None:
            (target / name).unlink(missing_ok=True)  # never through a link into the server's own folder
            (target / name).write_text(text, encoding="utf-8")
            (target / name).chmod(0o644)

    def script(name: str, text: str) -> str:
        after = granted(name) if family == "supabase" else None
        return f"{quiet}\n{text}\n{CONFINED.get(name, '')};\n{after.text if after else ''}"

    present = own_extensions(share)
    for control in present.values():
        text = _DIRECTORY.sub("", _TRUSTED.sub("", control.read_text(encoding="utf-8")))
        if control.stem not in EXTENSIONS:
            write(control.name, f"{text}\ndirectory = '{control.parent}'\n")
            continue
        write(control.name, f"{text}\ntrusted = true\n")
        for path in sorted(control.parent.glob(f"{control.stem}--*.sql")):
            write(path.name, script(control.stem, path.read_text(encoding="utf-8")))
    names = []
    for header, text in _standins():
        if header["name"] not in present:
            write(f"{header['name']}.control", _control(header, text))
            for version in (header["version"], *_PINNED.get(header["name"], ())):
                write(f"{header['name']}--{version}.sql", script(header["name"], text))
            names.append(header["name"])
    return tuple(names), digest.hexdigest()


def own_extensions(share: Path) -> dict[str, Path]:
    """The control files of a server's own extensions; not those that a tree of ours holds in their place."""
    found = {}
    for control in sorted((share / "extension").glob("*.control")):
        if "--" not in control.stem and not control.read_text(encoding="utf-8").startswith(_MADE):
            found[control.stem] = control
    return found


def standin_names() -> tuple[str, ...]:
    """The extensions that policytool can stand in for."""
    return tuple(header["name"] for header, _ in _standins())


def standin_moves(name: str) -> bool:
    """Whether the real extension can be moved to another schema."""
    return any(header["name"] == name and header["relocatable"] == "yes" for header, _ in _standins())


def standins_in(connection: Connection) -> tuple[str, ...]:
    """The extensions of a database that are stand-ins."""
    return tuple(name for (name,) in connection.execute(_MADE_HERE, [STANDS_IN]).fetchall())


def instead(server: Server) -> Callable[[str, str | None], str | None]:
    """For a server whose folders are not ours: what to run in place of CREATE EXTENSION, for those that it lacks."""
    with server.connect() as connection:
        rows = connection.execute("select name from pg_catalog.pg_available_extensions").fetchall()
    present = {name for (name,) in rows}

    def script(name: str, schema: str | None) -> str | None:
        found = next(((h, text) for h, text in _standins() if h["name"] == name and name not in present), None)
        return _as_statements(*found, schema) if found else None

    return script


def _as_statements(header: re.Match[str], text: str, asked: str | None) -> str:
    """The stand-in as plain SQL, in the schema asked for if it may be elsewhere; a row says the extension is there."""
    schema = "public" if header["schema"] == "current" else header["schema"]
    if asked and header["fixed"] == "no":
        schema = asked
    target = "extensions" if schema == "pg_catalog" else schema
    quoted = header["name"].replace("'", "''")
    return f"""
create schema if not exists {target};
select pg_catalog.set_config('policytool.path', pg_catalog.current_setting('search_path'), false),
    pg_catalog.set_config('search_path', '{target}', false);
{text.replace("@extschema@", target)};
select pg_catalog.set_config('search_path', pg_catalog.current_setting('policytool.path'), false);
insert into pg_catalog.pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
values (
    (select pg_catalog.max(c.oid::bigint) + 1 from (
        select oid from pg_catalog.pg_class union all select oid from pg_catalog.pg_extension
    ) c)::oid, '{quoted}',
    'postgres'::pg_catalog.regrole, '{target}'::pg_catalog.regnamespace, false, '{header["version"]}'
)
"""


def granted(name: str) -> SqlFile | None:
    """What Supabase grants once an extension has been made."""
    path = sql_folder() / "bootstrap" / "supabase" / "after_extension" / f"{name}.sql"
    return SqlFile(path=path.name, text=path.read_text(encoding="utf-8")) if path.is_file() else None


def home(name: str) -> str | None:
    """The schema that a stand-in belongs in, where it may be elsewhere too: a control file cannot say that."""
    file = extension_file(name)
    header = _HEADER.match(file.text) if file else None
    if header is None or header["fixed"] == "yes" or header["schema"] == "current":
        return None
    return header["schema"]


def _standins() -> Iterator[tuple[re.Match[str], str]]:
    for name in extension_parts():
        file = extension_file(name)
        header = _HEADER.match(file.text) if file else None
        if file is not None and header is not None and header["runs"] == "yes":
            yield header, file.text


def _control(header: re.Match[str], text: str) -> str:
    lines = [_MADE, f"default_version = '{header['version']}'", "trusted = true"]
    # The server puts a schema in place of @extschema@ once, and so only where it may stay.
    if header["relocatable"] == "yes" and "@extschema@" not in text:
        lines.append("relocatable = true")
    if header["fixed"] == "yes":
        lines.append(f"schema = '{header['schema']}'")
    return "\n".join(lines) + "\n"
