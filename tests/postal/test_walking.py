"""The order of the doors, the sides of streets, and the first draft of a walk."""

from hypothesis import given
from hypothesis import strategies as st

from server.postal.doors import as_repetition
from server.postal.walking import Side, holds, nearest_first, overlap, walking_key

parts = st.tuples(st.sampled_from(Side), st.integers(0, 40), st.integers(0, 40))


def test_doors_follow_each_other_side_by_side() -> None:
    doors = ["0", "1", "3", "3 A", "3 BIS", "3 TER", "3 QUATER", "5", "11", "2", "4", "4 B", "4 T", "10"]
    pairs = [(int(door.split()[0]), as_repetition(door.partition(" ")[2])) for door in doors]
    shuffled = pairs[::2] + pairs[1::2]
    assert sorted(shuffled, key=lambda pair: walking_key(*pair)) == pairs


@given(parts, parts)
def test_two_parts_overlap_exactly_if_a_door_lies_in_both(
    one: tuple[Side, int, int], other: tuple[Side, int, int]
) -> None:
    shared = any(holds(*one, number) and holds(*other, number) for number in range(1, 100))
    assert overlap(one, other) == shared


def test_the_draft_goes_on_to_the_nearest() -> None:
    places = {"far": (5.4, 46.0), "here": (5.1, 46.0), "near": (5.2, 46.0), "middle": (5.3, 46.0)}
    assert nearest_first(places) == ["here", "near", "middle", "far"]
    assert nearest_first(places, (5.5, 46.0)) == ["far", "middle", "near", "here"]
    assert nearest_first({}) == []
