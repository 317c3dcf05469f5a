"""Whether the relay can be reached: while it cannot, nothing is claimed, and the pages say why."""

from collections.abc import Callable

from workers.transports.contract import RelayDown, Trouble

_LONGEST_PAUSE = 60.0


class Gate:
    """Open until a line cannot be had; shut until one can. Each failed knock makes the next one wait longer."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._knocks = 0
        self.reason = RelayDown(Trouble.UNREACHABLE, "not tried yet")
        self.is_shut = False

    def shut(self, reason: RelayDown) -> None:
        self._knocks = self._knocks + 1 if self.is_shut else 0
        self.is_shut, self.reason = True, reason
        self._say(str(reason))

    def open(self) -> None:
        if self.is_shut:
            self.is_shut, self._knocks = False, 0
            self._say("")

    @property
    def pause(self) -> float:
        """Seconds before the next knock: 1, 2, 4 … up to a minute."""
        return float(min(2.0**self._knocks, _LONGEST_PAUSE))
