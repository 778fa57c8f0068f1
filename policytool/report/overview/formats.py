"""The report in each of its formats."""

from __future__ import annotations

from importlib import import_module

from policytool.report.json import pretty
from policytool.report.matrix import render as matrix
from policytool.report.overview.model import Report

FORMATS = ("html", "markdown", "json", "csv")


def render(report: Report, form: str) -> str:
    """The report in one format; CSV is of the matrix."""
    match form:
        case "json":
            return pretty(report)
        case "csv":
            return matrix(report.cells, "csv", label=report.source.label)
    found: str = import_module(f"policytool.report.overview.{form}").render(report)
    return found
