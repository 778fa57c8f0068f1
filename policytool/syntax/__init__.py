"""From SQL files to statements with places."""

from policytool.syntax.location import ExcerptLine, Location, excerpt
from policytool.syntax.parse import Parsed, parse_file, parse_files
from policytool.syntax.problem import Problem
from policytool.syntax.statement import Statement, locate

__all__ = [
    "ExcerptLine",
    "Location",
    "Parsed",
    "Problem",
    "Statement",
    "excerpt",
    "locate",
    "parse_file",
    "parse_files",
]
