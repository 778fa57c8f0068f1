"""JSON Schemas of the documents that policytool writes and reads, made from their types."""

from __future__ import annotations

from typing import Any

import msgspec

from policytool.catalog.snapshot import Document
from policytool.config import Config
from policytool.report.diff_json import DiffDocument
from policytool.report.document import AuditDocument
from policytool.report.fleet.model import FleetReport
from policytool.report.matrix import Document as MatrixDocument
from policytool.report.mutation import MutationDocument
from policytool.report.overview.model import Report as ReportDocument
from policytool.report.test_document import Document as TestDocument
from policytool.report.why import WhyDocument
from policytool.testing.suites.schema import suite_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCUMENTS = {
    "audit": AuditDocument,
    "diff": DiffDocument,
    "matrix": MatrixDocument,
    "report": ReportDocument,
    "fleet": FleetReport,
    "why": WhyDocument,
    "mutation": MutationDocument,
    "catalog": Document,
    "configuration": Config,
    "test": TestDocument,
}


def schema(what: str) -> dict[str, Any]:
    """The JSON Schema of one kind of document."""
    found = suite_schema() if what == "policy-test" else msgspec.json.schema(DOCUMENTS[what])
    return {"$schema": DIALECT, "title": f"policytool {what}", **found}
