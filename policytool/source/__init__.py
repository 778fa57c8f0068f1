"""Where SQL comes from: folders, files, git refs, standard input."""

from policytool.source.model import Include, Note, Project, ProjectConfig, SqlFile
from policytool.source.read import MAX_BYTES, read

__all__ = ["MAX_BYTES", "Include", "Note", "Project", "ProjectConfig", "SqlFile", "read"]
