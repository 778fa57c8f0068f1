"""policytool, squawk and pgrls on the same SQL: how often each of their rules speaks, and how loud."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.precision.schemas import Schema
from policytool import api
from policytool.audit.selection import Selection
from policytool.audit.walk import own_tables
from policytool.catalog.build import build
from policytool.config import Config
from policytool.source.model import Project, SqlFile
from policytool.source.sending import AUTOCOMMIT

if TYPE_CHECKING:
    from policytool.postgres.apply import Applied

Said = Counter[tuple[str, str]]  # how often each (rule, severity) speaks
TOOLS = ("policytool", "squawk", "pgrls")


def program(name: str) -> str | None:
    """The path of another tool, if it is installed."""
    return shutil.which(name)


def files_of(schema: Schema) -> tuple[SqlFile, ...]:
    """The files as migrations."""
    layout = schema.layout or ("supabase" if schema.platform.startswith("supabase") else "")
    return tuple(
        SqlFile(
            path=f"{n}.sql", text=text, order=n, version=str(n), layout=layout, transaction=layout not in AUTOCOMMIT
        )
        for n, text in enumerate(schema.files)
    )


def loaded(schema: Schema) -> api.Loaded:
    """The schema with its catalog."""
    files, config = files_of(schema), Config(platform=schema.platform)
    project = Project(label=schema.name, layout="folder", files=files)
    return api.Loaded(project=project, built=build(files, api.choose_platform(project, config, None)), config=config)


def policytool(schema: Schema) -> Said:
    """Our own findings; those of the rules that are off by default where the schema is a hole of one of them."""
    findings = api.audit(loaded(schema), selection=Selection(select=schema.rules)).result.findings
    return Counter((f.rule, f.severity) for f in findings)


def squawk(path: str, schema: Schema) -> Said:
    """All that squawk says; it knows warnings and errors alone."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, text in enumerate(schema.files):
            file = Path(folder, f"{number:04}.sql")
            file.write_text(text, encoding="utf-8")
            names.append(str(file))
        ran = subprocess.run([path, "--reporter", "Json", *names], capture_output=True, text=True, check=False)
    return Counter((str(i["rule_name"]), str(i["level"]).lower()) for i in json.loads(ran.stdout or "[]"))


def pgrls(path: str, schema: Schema) -> Said:
    """What pgrls says of a database that the schema was applied to: the most it can know."""
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(schema.files):
            Path(folder, f"{number:04}.sql").write_text(text, encoding="utf-8")
        with api.applied(folder, platform=schema.platform) as found:
            if found.failed and schema.rules:
                return Counter()  # a hole that Postgres itself refuses: there is nothing to look at
            if found.failed:
                raise SystemExit(f"{schema.name} does not apply: {found.failed[0].message}")
            return _pgrls(path, schema, found)


def _pgrls(path: str, schema: Schema, found: Applied) -> Said:
    context = api.context(loaded(schema))
    schemas = sorted({t.schema for t in own_tables(context)} | {"public"})
    address = found.server.dsn(found.database, "postgres")
    command = [path, "lint", "--database-url", address, "--schemas", ",".join(schemas), "--format", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if not ran.stdout:
        raise SystemExit(f"pgrls: {ran.stderr.strip()}")
    violations = json.loads(ran.stdout)["violations"]
    return Counter((str(v["rule_id"]), str(v["severity"])) for v in violations)


def above_info(said: Said) -> int:
    """How many errors and warnings there are."""
    return sum(number for (_, severity), number in said.items() if severity != "info")
