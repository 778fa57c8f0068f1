"""Reading piece by piece gives what reading at once gives."""

from pathlib import Path

import pytest

from policytool.source import read
from policytool.syntax import parse_file
from policytool.syntax.assemble import assemble
from policytool.syntax.recover import Recovery

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("folder", ["supabase/migrations", "sql/bootstrap"])
def test_both_ways_agree_on_our_own_sql(folder: str) -> None:
    """Every statement has the same text, place and comments, whichever way its file was read."""
    count = 0
    for file in read(folder, cwd=ROOT).files:
        recovery = Recovery(file)
        recovery.run()
        pieces, whole = assemble(file, recovery.found), parse_file(file).statements
        assert [(each.kind, each.sql, each.location, each.comments) for each in pieces] == [
            (each.kind, each.sql, each.location, each.comments) for each in whole
        ]
        assert recovery.problems == []
        count += len(whole)
    assert count > 20
