"""How many claims to have in hand: about half a second's work, whatever the speed of the relay."""

_SOON, _LATE = 0.25, 1.0
_MOST = 2_000


class Appetite:
    """Grows when a hand is used up too soon, shrinks when it lasts; urgent mail need not wait behind a large one."""

    def __init__(self, least: int) -> None:
        self.size = least
        self._least = least
        self._last = 0.0

    def ate(self, now: float) -> None:
        """The hand was found low at `now`, and filled again."""
        lasted, self._last = now - self._last, now
        if lasted < _SOON:
            self.size = min(2 * self.size, max(_MOST, self._least))
        elif lasted > _LATE:
            self.size = max(self.size // 2, self._least)
