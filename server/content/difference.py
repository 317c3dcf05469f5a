"""The readable difference of two versions of a text: line by line, and word by word inside a changed line.

Bounded: comparing grows with the product of the lengths, so what is too long to compare word by word is shown as
removed and added whole.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Change(StrEnum):
    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one line that share a fate."""

    change: Change
    text: str


Line = tuple[Run, ...]

_MAX_LINES = 1_500
# Pairs of equal words that may be weighed against each other in one call: the true cost of comparing.
_MAX_PAIRS = 3_000_000
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Two lines with less in common than this are shown one after the other, not woven into each other.
_ALIKE = 0.4


def difference(before: str, after: str) -> list[Line]:
    """The lines of both texts in order; a changed line has runs of kept, removed and added words."""
    return list(_Comparison().lines(before.splitlines(), after.splitlines()))


def is_changed(line: Line) -> bool:
    return any(run.change is not Change.KEPT for run in line)


class _Comparison:
    """One comparison with what is left of its budget."""

    def __init__(self) -> None:
        self.pairs_left = _MAX_PAIRS

    def lines(self, before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
        head = _common(before, after)
        tail = _common(before[head:][::-1], after[head:][::-1])
        yield from (_whole(Change.KEPT, line) for line in before[:head])
        yield from self.changed_lines(before[head : len(before) - tail], after[head : len(after) - tail])
        yield from (_whole(Change.KEPT, line) for line in after[len(after) - tail :])

    def changed_lines(self, before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
        if len(before) > _MAX_LINES or len(after) > _MAX_LINES:
            yield from _replaced(before, after)
            return
        for kind, first, last, start, end in SequenceMatcher(None, before, after).get_opcodes():
            if kind == "equal":
                yield from (_whole(Change.KEPT, line) for line in before[first:last])
            elif kind == "replace" and last - first == end - start:
                # as many lines as before: most likely each was corrected in its place
                for old, new in zip(before[first:last], after[start:end], strict=True):
                    yield from self.corrected(old, new)
            else:
                yield from _replaced(before[first:last], after[start:end])

    def corrected(self, before: str, after: str) -> Iterator[Line]:
        old, new = _WORD.findall(before), _WORD.findall(after)
        self.pairs_left -= _pairs(old, new)
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        if self.pairs_left < 0 or _likeness(matcher, old, new) < _ALIKE:
            yield from _replaced([before], [after])
            return
        yield tuple(_runs(matcher, old, new))


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    counts = Counter(new)
    return sum(count * counts[word] for word, count in Counter(old).items())


def _likeness(matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> float:
    """The share of letters both lines keep; the spaces between strange words are no likeness."""
    kept = sum(len("".join(old[a : a + size]).replace(" ", "")) for a, _, size in matcher.get_matching_blocks())
    whole = max(len("".join(words).replace(" ", "")) for words in (old, new))
    return kept / whole if whole else 0.0


def _runs(matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            yield Run(Change.KEPT, "".join(old[first:last]))
            continue
        if first < last:
            yield Run(Change.REMOVED, "".join(old[first:last]))
        if start < end:
            yield Run(Change.ADDED, "".join(new[start:end]))


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    yield from (_whole(Change.REMOVED, line) for line in before)
    yield from (_whole(Change.ADDED, line) for line in after)


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def _whole(change: Change, line: str) -> Line:
    return (Run(change, line),)
