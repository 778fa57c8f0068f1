"""Where SQL comes from: folders, files, git refs, standard input."""

from policytool.source.model import Include, Note, Project, ProjectConfig, SqlFile

__all__ = ["Include", "Note", "Project", "ProjectConfig", "SqlFile"]
