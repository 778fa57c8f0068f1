"""The baseline: findings a project had when it took policytool up, in a file made for review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from policytool.audit.evidence import Evidence
from policytool.catalog.objects import Catalog
from policytool.config import Config
from policytool.errors import ConfigurationError, UsageError
from policytool.finding import Finding, Severity
from policytool.source.tree import shown

DEFAULT = ".policytool-baseline.json"
FORMAT = 1


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One finding that is known. Fingerprint and evidence decide; the rest is for whoever reads the file."""

    rule: str
    object: str
    severity: Severity
    message: str
    fingerprint: str
    evidence: str


class Baseline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a baseline file holds."""

    version: int = FORMAT
    findings: tuple[Entry, ...] = ()


class Compared(Struct, frozen=True, kw_only=True):
    """Findings held against a baseline. Entries of rules that did not run are neither there nor gone: `unjudged`."""

    new: tuple[Finding, ...]
    hidden: tuple[Finding, ...]
    changed: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    unjudged: tuple[Entry, ...]


def default_path(config: Config) -> Path:
    """Where a project's baseline lies: as configured, else beside the configuration or at the repository's root."""
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    folder = config.folder if config.path is not None else root
    return Path(shown(folder / (config.baseline or DEFAULT), here))


def read(path: Path) -> Baseline:
    """A baseline file. Raises UsageError where there is none and ConfigurationError where it is something else."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such baseline", hint="`policytool baseline create` makes one") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = "after a merge conflict, take either side and run `policytool baseline update`"
        raise ConfigurationError(f"{path}: not a baseline: {str(error).lower()}", hint=hint) from None
    if found.version != FORMAT:
        raise ConfigurationError(
            f"{path}: a baseline of version {found.version}, this policytool reads {FORMAT}", hint="update policytool"
        )
    return found


def render(entries: Iterable[Entry]) -> str:
    """The file: one line for each finding, in an order that no edit of the SQL shuffles."""
    ordered = sorted(entries, key=lambda e: (e.rule, e.object, e.fingerprint, e.evidence))
    lines = ",\n".join("    " + msgspec.json.encode(entry).decode() for entry in ordered)
    body = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "version": {FORMAT},\n  "findings": {body}\n}}\n'


def entry(finding: Finding, evidence: str) -> Entry:
    """A finding as the file holds it."""
    return Entry(
        rule=finding.rule,
        object=finding.identity,
        severity=finding.severity,
        message=finding.message,
        fingerprint=finding.fingerprint,
        evidence=evidence,
    )


def entries_of(findings: Iterable[Finding], catalog: Catalog) -> tuple[Entry, ...]:
    """The findings to remember: all but those that say that a rule failed."""
    evidence = Evidence(catalog)
    return tuple(entry(f, evidence.of(f)) for f in findings if f.object.kind != "rule")


def compare(baseline: Baseline, findings: Sequence[Finding], catalog: Catalog, ran: Iterable[str]) -> Compared:
    """Which findings the baseline hides; one whose evidence has changed is new again."""
    evidence = Evidence(catalog)
    left = Counter((e.fingerprint, e.evidence) for e in baseline.findings)
    new: list[Finding] = []
    hidden: list[Finding] = []
    for finding in findings:
        key = (finding.fingerprint, evidence.of(finding))
        if left[key] > 0 and finding.object.kind != "rule":
            left[key] -= 1
            hidden.append(finding)
        else:
            new.append(finding)
    judged, there = frozenset(ran), {f.fingerprint for f in new}
    rest: dict[str, list[Entry]] = {"changed": [], "gone": [], "unjudged": []}
    for known in reversed(baseline.findings):
        key = (known.fingerprint, known.evidence)
        if left[key] > 0:
            left[key] -= 1
            kind = "unjudged" if known.rule not in judged else "changed" if known.fingerprint in there else "gone"
            rest[kind].append(known)
    return Compared(
        new=tuple(new), hidden=tuple(hidden), **{kind: tuple(reversed(found)) for kind, found in rest.items()}
    )
