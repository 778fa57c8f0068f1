"""Places and excerpts."""

from hypothesis import given
from hypothesis import strategies as st

from policytool.syntax import Location, excerpt
from policytool.syntax.location import LineIndex

TEXT = "select 1;\n\tselect\t'ä';\r\nselect 3,\n       4;\n"


def place(line: int, column: int, end_line: int, end_column: int) -> Location:
    return Location(path="a.sql", line=line, column=column, end_line=end_line, end_column=end_column)


@given(st.text(alphabet="aä😀\n\r\t"), st.data())
def test_bytes_and_characters_agree(text: str, data: st.DataObject) -> None:
    """A byte offset and the character offset it stands for lead to each other, at every place of any text."""
    offset = data.draw(st.integers(0, len(text)))
    index = LineIndex(text)
    assert index.byte(offset) == len(text[:offset].encode())
    assert index.character(len(text[:offset].encode())) == offset
    line, column = index.position(offset)
    assert (line, column) == (text[:offset].count("\n") + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1)


def test_locations_sort_by_file_and_place() -> None:
    """Findings are shown in this order."""
    late, early = place(10, 1, 10, 2), place(9, 30, 9, 31)
    assert sorted([late, early]) == [early, late]


def test_excerpt_marks_the_span_in_expanded_tabs() -> None:
    """A mark counts what is shown, so a tab before it moves it by the width of the tab."""
    (line,) = excerpt(TEXT, place(2, 9, 2, 12))
    assert (line.number, line.text) == (2, "    select  'ä';")
    assert line.mark is not None
    assert line.text[slice(*line.mark)] == "'ä'"


def test_excerpt_of_several_lines_with_context() -> None:
    """Lines around the span are shown without a mark; inner lines are marked from their first character."""
    lines = excerpt(TEXT, place(3, 8, 4, 9), context=1)
    assert [line.number for line in lines] == [2, 3, 4, 5]
    assert [line.text[slice(*line.mark)] if line.mark else None for line in lines] == [None, "3,", "4", None]


def test_excerpt_at_the_end_and_beyond() -> None:
    """An empty span still shows one mark, and lines that are not there are not shown."""
    (line,) = excerpt("select", place(1, 7, 1, 7), context=3)
    assert line.mark == (6, 7)


def test_excerpt_does_not_pass_control_characters_on() -> None:
    """SQL of somebody else cannot steer the terminal."""
    (line,) = excerpt("select '\x1b[2J'", place(1, 1, 1, 7))
    assert line.text == "select '\N{REPLACEMENT CHARACTER}[2J'"
