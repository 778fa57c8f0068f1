"""A source argument to a project: which folder, which layout, which files in which order."""

import posixpath
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from policytool.errors import NothingToAudit, SourceError
from policytool.source.database import is_database
from policytool.source.decode import NotText, decode
from policytool.source.git import GitTree
from policytool.source.includes import includes, roots
from policytool.source.layout import Candidate, candidates
from policytool.source.model import Note, Project, SqlFile
from policytool.source.order import Entry, Ordered, order
from policytool.source.sections import up_only
from policytool.source.sending import AUTOCOMMIT
from policytool.source.supabase_config import SupabaseConfig, read_config
from policytool.source.tree import DiskTree, Tree, Unreadable, too_large
from policytool.source.tree import shown as shown_path

MAX_BYTES = 64 << 20
_STATEMENT = re.compile(r"\A(?:\s|;|--[^\n]*|/\*.*?\*/)*\Z", re.DOTALL)
_APART = re.compile(rb"^\s*executeInTransaction\s*=\s*false\b", re.IGNORECASE | re.MULTILINE)
_SHOWN_FOLDERS = 4


def read(source: str, *, as_tool: bool = False, max_bytes: int = MAX_BYTES, cwd: str | Path | None = None) -> Project:
    """Read a folder, a file, `-` for standard input, or `git:REF[:PATH]`."""
    here = Path(cwd) if cwd is not None else Path.cwd()
    if source == "-":
        return _standard_input(max_bytes)
    if is_database(source):
        hint = "`audit` and `catalog` read a database; here it takes a folder of migrations or a pg_dump"
        raise SourceError("a database holds no migrations", hint=hint)
    if source.lower().endswith(".json"):
        raise SourceError(f"reading a snapshot is not supported yet: {source}", hint="give a folder of migrations")
    if source.startswith("git:"):
        return _from_git(source, here, as_tool=as_tool, max_bytes=max_bytes)
    path = here / source
    if path.is_dir():
        top = project_of(path)
        return read_folder(DiskTree(top, here, max_bytes), source, as_tool=as_tool, root=str(top))
    return _from_disk(path, source, here, max_bytes)


def project_of(folder: Path) -> Path:
    """Where to begin: sqitch keeps the plan, which alone says the order, beside the folder of its deploy scripts."""
    plan = folder.resolve().parent / "sqitch.plan"
    return folder.resolve().parent if folder.resolve().name == "deploy" and plan.is_file() else folder


def _standard_input(max_bytes: int) -> Project:
    if sys.stdin.isatty():
        raise SourceError("nothing is piped into standard input", hint="pg_dump --schema-only | policytool audit -")
    data = sys.stdin.buffer.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise too_large("standard input", max_bytes)
    text, notes = _text(data, "<stdin>")
    return _checked(Project(label="standard input", layout="stdin", files=(_single("<stdin>", text),), notes=notes))


def _from_git(source: str, here: Path, *, as_tool: bool, max_bytes: int) -> Project:
    ref, _, path = source.removeprefix("git:").partition(":")
    return read_commit(GitTree(ref, path or None, here, max_bytes), source, as_tool=as_tool)


def read_commit(tree: GitTree, source: str, *, as_tool: bool) -> Project:
    """Read what a commit has of a source, a folder or one file."""
    if not tree.is_file:
        return read_folder(tree, source, as_tool=as_tool, root=None)
    name = posixpath.basename(tree.top)
    tree.top = posixpath.dirname(tree.top)
    return _file_of(tree, name, source)


def _from_disk(path: Path, source: str, here: Path, max_bytes: int) -> Project:
    name = shown_path(path, here)
    if not path.exists():
        if path.is_symlink():
            raise SourceError(f"{source} is a broken link", hint=f"it points to {path.readlink()}")
        raise SourceError(f"{source} does not exist", hint="give a folder of migrations, an .sql file, or git:REF")
    if path.is_file():
        return _file_of(DiskTree(path.parent, here, max_bytes), path.name, source, root=str(path.parent))
    try:
        # A pipe such as <(pg_dump …) has no size and no neighbours.
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        raise SourceError(f"cannot read {source}: {(error.strerror or str(error)).lower()}") from None
    if len(data) > max_bytes:
        raise too_large(source, max_bytes)
    text, notes = _text(data, name)
    return _checked(Project(label=source, layout="file", files=(_single(name, text),), notes=notes))


def _file_of(tree: Tree, name: str, source: str, root: str | None = None) -> Project:
    reader = _Reader(tree, "file")
    content = tree.read([name]).get(name)
    if isinstance(content, Unreadable) or content is None:
        reason = content.reason if content else "it is not there"
        raise SourceError(f"cannot read {source}: {reason}")
    text, notes = _text(content, tree.shown(name))
    file = includes(_single(tree.shown(name), text), name, reader.load)
    config, more = _config(tree, "", "file")
    settings = config.project if config else None
    return _checked(
        Project(label=source, layout="file", files=(file,), notes=(*notes, *more), config=settings, root=root)
    )


def _single(path: str, text: str) -> SqlFile:
    up = up_only(text)
    version = re.match(r"\d+", posixpath.basename(path))
    return SqlFile(path=path, text=up.text, version=version[0] if version else None, transaction=False, layout="file")


def _text(data: bytes, path: str) -> tuple[str, tuple[Note, ...]]:
    try:
        text, remark = decode(data)
    except NotText as error:
        raise SourceError(
            f"{path} cannot be read: {error}", hint="give SQL text; a binary dump needs pg_restore -f"
        ) from None
    return text, (Note(path=path, message=f"{path}: {remark}"),) if remark else ()


def read_folder(tree: Tree, source: str, *, as_tool: bool, root: str | None) -> Project:
    """Read the likeliest layout of a tree; `root` is where its top lies on disk."""
    found = candidates(tree)
    if not found:
        raise NothingToAudit(f"{source} holds no .sql file", hint="give the folder that holds the migrations")
    chosen = found[0]
    config, notes = _config(tree, chosen.folder, chosen.layout)
    ordered = order(chosen.layout, chosen.folder, chosen.files, _extra(tree, chosen, config))
    reader = _Reader(tree, chosen.layout)
    skipped = [entry for entry in ordered.entries if entry.skipped_by_tool]
    entries = [entry for entry in ordered.entries if not (as_tool and entry.skipped_by_tool)]
    files = reader.files(entries)
    notes = (
        *_chosen_notes(tree, found),
        *notes,
        *_skipped_notes(chosen.layout, skipped, as_tool=as_tool),
        *_left_out_notes(ordered),
        *reader.notes,
    )
    return _checked(
        Project(
            label=source,
            layout=chosen.layout,
            files=files,
            notes=notes,
            config=config.project if config else None,
            root=root if root is None or not chosen.folder else str(Path(root) / chosen.folder),
        )
    )


class _Reader:
    """Reads the files of one tree, and notes what was wrong with them."""

    def __init__(self, tree: Tree, layout: str) -> None:
        self._tree = tree
        self._layout = layout
        self.notes: list[Note] = []

    def files(self, entries: Sequence[Entry]) -> tuple[SqlFile, ...]:
        contents = self._tree.read([entry.path for entry in entries])
        apart = self._apart(entries)
        read = [self._file(entry, contents.get(entry.path), apart=entry.path in apart) for entry in entries]
        pairs = [(entry, file) for entry, file in zip(entries, read, strict=True) if file]
        whole = [includes(file, entry.path, self.load) for entry, file in pairs]
        return tuple(msgspec.structs.replace(file, order=number) for number, file in enumerate(roots(whole)))

    def _apart(self, entries: Sequence[Entry]) -> frozenset[str]:
        """The files that Flyway runs without a transaction, because a file of settings beside them says so."""
        if self._layout != "flyway":
            return frozenset()
        settings = self._tree.read([f"{entry.path}.conf" for entry in entries])
        told = (path for path, text in settings.items() if isinstance(text, bytes) and _APART.search(text))
        return frozenset(path.removesuffix(".conf") for path in told)

    def load(self, path: str) -> SqlFile | None:
        """A file that another one includes; nothing outside the source is opened on the word of a file in it."""
        if not self._tree.holds(path):
            return None
        content = self._tree.read([path]).get(path)
        return self._file(Entry(path=path), content) if isinstance(content, bytes) else None

    def _file(self, entry: Entry, content: bytes | Unreadable | None, *, apart: bool = False) -> SqlFile | None:
        path = self._tree.shown(entry.path)
        if not isinstance(content, bytes):
            self._missed(path, content.reason if content else "it is not there any more")
            return None
        try:
            text, remark = decode(content)
        except NotText as error:
            self._missed(path, str(error))
            return None
        if remark:
            self.notes.append(Note(path=path, message=f"{path}: {remark}"))
        up = up_only(text)
        return SqlFile(
            path=path,
            text=up.text,
            version=entry.version,
            repeatable=entry.repeatable,
            skipped_by_tool=entry.skipped_by_tool,
            transaction=up.transaction and not apart and self._layout not in AUTOCOMMIT,
            layout=self._layout,
        )

    def _missed(self, path: str, reason: str) -> None:
        hint = "what it holds is missing from the audit"
        self.notes.append(Note(path=path, message=f"{path} was not read: {reason}", hint=hint))


def _config(tree: Tree, folder: str, layout: str) -> tuple[SupabaseConfig | None, tuple[Note, ...]]:
    """The Supabase settings beside the chosen folder, or the only ones in the tree."""
    beside = posixpath.normpath(posixpath.join(folder, "../config.toml"))
    whole = (*tree.above, *folder.split("/")) if folder else tree.above
    usual = layout.startswith("supabase") or tuple(whole[-2:-1]) == ("supabase",)
    elsewhere = () if usual or layout == "file" else tree.paths()
    found = [path for path in elsewhere if f"/{path}".endswith("/supabase/config.toml")]
    for path in [beside] if usual else found[:1]:
        content = tree.read([path]).get(path)
        if isinstance(content, bytes):
            config = read_config(content, tree.shown(path))
            return (None, (config,)) if isinstance(config, Note) else (config, ())
    return None, ()


def _extra(tree: Tree, chosen: Candidate, config: SupabaseConfig | None) -> str | None:
    match chosen.layout:
        case "sqitch":
            path = posixpath.join(chosen.folder, "sqitch.plan")
        case "drizzle":
            path = posixpath.join(chosen.folder, "meta/_journal.json")
        case "supabase-declarative" if config:
            base = posixpath.dirname(chosen.folder) if chosen.folder else ".."
            globs = (posixpath.normpath(posixpath.join(base, glob)) for glob in config.schema_paths)
            return "\n".join(glob.removeprefix("../schemas/") if not chosen.folder else glob for glob in globs)
        case _:
            return None
    content = tree.read([path]).get(path)
    return content.decode(errors="replace") if isinstance(content, bytes) else None


def _chosen_notes(tree: Tree, found: list[Candidate]) -> tuple[Note, ...]:
    chosen, *others = found
    if not chosen.folder and not others:
        return ()
    message = f"reads {tree.shown(chosen.folder)} (layout {chosen.layout})"
    if others:
        seen = [f"{tree.shown(other.folder)} ({other.layout}, {_files(len(other.files))})" for other in others]
        more = f" and {len(seen) - _SHOWN_FOLDERS} more" if len(seen) > _SHOWN_FOLDERS else ""
        message += f", not {', '.join(seen[:_SHOWN_FOLDERS])}{more}"
    return (Note(path=tree.shown(chosen.folder), message=message),)


def _skipped_notes(layout: str, skipped: list[Entry], *, as_tool: bool) -> tuple[Note, ...]:
    if not skipped:
        return ()
    names = f"{_files(len(skipped))} that the Supabase CLI passes over by name (it runs <digits>_<name>.sql)"
    if as_tool:
        return (Note(message=f"leaves out {names}"),)
    return (Note(message=f"reads also {names}, in name order", hint="--as-tool leaves them out"),)


def _left_out_notes(ordered: Ordered) -> tuple[Note, ...]:
    return tuple(
        Note(message=f"leaves out {_files(len(paths))} {reason}: {_listed(paths)}")
        for reason, paths in ordered.left_out
    )


def _listed(paths: Sequence[str]) -> str:
    names = [posixpath.basename(path) for path in paths[:2]]
    return ", ".join(names) + (", …" if len(paths) > len(names) else "")


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def _checked(project: Project) -> Project:
    """A project that has at least one statement to look at."""
    if any(file.includes or not _STATEMENT.match(file.text) for file in project.files):
        return project
    reasons = "; ".join(note.message for note in project.notes)
    count = len(project.files)
    what = f"holds no SQL statement in {_files(count)}" if count else "has no SQL file that could be read"
    raise NothingToAudit(f"{project.label} {what}", hint=reasons or None)
