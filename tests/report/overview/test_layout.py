"""Where the boxes of a picture stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policytool.report.overview.layout import BOX, Picture, layout

NAMES = [f"t{n}" for n in range(30)]


def overlap(picture: Picture) -> bool:
    places = sorted((b.x, b.y) for b in picture.boxes.values())
    return any(
        abs(one[0] - other[0]) < BOX[0] and abs(one[1] - other[1]) < BOX[1]
        for n, one in enumerate(places)
        for other in places[n + 1 :]
    )


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([*NAMES, "elsewhere"])), max_size=60))
def test_no_box_is_lost_or_hidden(edges: list[tuple[str, str]]) -> None:
    """Whatever points at whatever, circles and itself: every node has a place of its own inside the picture."""
    picture = layout(NAMES, edges)
    assert set(picture.boxes) == set(NAMES)
    assert not overlap(picture)
    assert all(
        0 <= b.x <= picture.width - BOX[0] and 0 <= b.y <= picture.height - BOX[1] for b in picture.boxes.values()
    )
    assert set(picture.edges) == {e for e in edges if e[1] in NAMES}
    assert all(picture.path(edge).startswith("M") for edge in picture.edges)


def test_what_is_pointed_at_stands_left() -> None:
    """A child is to the right of its parents."""
    picture = layout(["a", "b", "c"], [("b", "a"), ("c", "b"), ("c", "a")])
    assert picture.boxes["a"].x < picture.boxes["b"].x < picture.boxes["c"].x


def test_nothing_is_a_picture_too() -> None:
    """Without nodes there is nothing to place."""
    assert layout([], []).boxes == {}
