"""Where a drill may kill this process: `TAMBOUR_CRASH_AT=after_dot:25` ends it at the 25th passage of that point."""

import os
from collections import Counter
from functools import cache

POINTS = ("before_claim", "after_claim", "before_data", "after_dot", "before_commit", "after_commit")

_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """End at once, as a power cut would, if a drill asked for it here."""
    wanted, passage = _asked()
    if name == wanted:
        _passed[name] += 1
        if _passed[name] >= passage:
            os._exit(70)


@cache
def _asked() -> tuple[str, int]:
    name, _, passage = os.environ.get("TAMBOUR_CRASH_AT", "").partition(":")
    return name, int(passage or 1)
