"""The report of a fleet as one HTML file, without a script."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from policytool.report.fleet.model import FleetReport
from policytool.report.overview.html import content_hash, environment, source_text
from policytool.report.overview.model import EXPOSURES


def render(fleet: FleetReport, *, beside: Path = Path()) -> str:
    """The whole file; links lead to reports of single databases from the folder that it is `beside`."""
    style = source_text("report.css")
    common = {item.fingerprint for item in fleet.shared}
    return (
        environment()
        .get_template("fleet.html")
        .render(
            fleet=fleet,
            style=Markup(style),
            style_hash=content_hash(style),
            exposures=EXPOSURES,
            links={m.name: _link(m.report, beside) for m in fleet.members if m.report},
            own={m.name: [f for f in m.findings if f.fingerprint not in common] for m in fleet.members},
        )
    )


def _link(report: str, folder: Path) -> str:
    return quote(Path(os.path.relpath(report, folder)).as_posix())
