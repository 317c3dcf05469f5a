"""The difference of two versions, readable and bounded."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from server.content.difference import Change, Line, difference, is_changed


def legible(lines: list[Line]) -> list[str]:
    marks = {Change.KEPT: "{}", Change.ADDED: "[+{}+]", Change.REMOVED: "[-{}-]"}
    return ["".join(marks[run.change].format(run.text) for run in line) for line in lines]


def test_a_changed_word_is_shown_in_its_line() -> None:
    before = "Coupure d'eau jeudi 26 novembre.\nRien d'autre."
    after = "Coupure d'eau vendredi 27 novembre.\nRien d'autre."
    assert legible(difference(before, after)) == [
        "Coupure d'eau [-jeudi-][+vendredi+] [-26-][+27+] novembre.",
        "Rien d'autre.",
    ]


def test_added_and_removed_lines_stand_alone() -> None:
    assert legible(difference("a\nb\nc", "a\nc\nd")) == ["a", "[-b-]", "c", "[+d+]"]


def test_lines_with_little_in_common_are_not_woven_together() -> None:
    assert legible(difference("Le marché est annulé.", "Venez nombreux dimanche !")) == [
        "[-Le marché est annulé.-]",
        "[+Venez nombreux dimanche !+]",
    ]


def test_equal_texts_have_no_difference() -> None:
    assert not any(is_changed(line) for line in difference("a\n\nb", "a\n\nb"))
    assert difference("", "") == []


@given(st.text(alphabet="ab \n.", max_size=60), st.text(alphabet="ab \n.", max_size=60))
def test_both_texts_can_be_read_back_from_their_difference(before: str, after: str) -> None:
    lines = difference(before, after)

    def side(gone: Change) -> list[str]:
        kept = [[run.text for run in line if run.change is not gone] for line in lines]
        return ["".join(runs) for line, runs in zip(lines, kept, strict=True) if runs or not line]

    assert side(Change.ADDED) == before.splitlines()
    assert side(Change.REMOVED) == after.splitlines()


def test_texts_made_to_be_hard_to_compare_take_no_longer_than_others() -> None:
    dice = random.Random(1)
    numbers = [str(number) for number in range(300)]

    def lines(words: list[str], count: int, length: int) -> str:
        return "\n".join(" ".join(dice.choices(words, k=length)) for _ in range(count))

    for words, count, length in [
        (["a", "b"], 85, 290),
        (["a", "b"], 25_000, 1),
        (numbers, 12_000, 1),
        (["a", "b"], 1, 25_000),
    ]:
        before, after = lines(words, count, length), lines(words, count, length)
        begun = time.process_time()
        difference(before, after)
        assert time.process_time() - begun < 2
