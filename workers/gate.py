"""Whether the relay can be reached: while it cannot, nothing is claimed, and the pages say why."""

from collections.abc import Callable

from workers.transports.contract import RelayDown, Trouble

_LONGEST_PAUSE = 60.0


class Gate:
    """Open until a line cannot be had; shut until one can. Each knock in vain makes the next one wait longer."""

    def __init__(self, say: Callable[[str], None], first_pause: float) -> None:
        self._say = say
        self._first_pause = first_pause
        self.pause = first_pause
        self.reason = RelayDown(Trouble.UNREACHABLE, "not tried yet")
        self.is_shut = False

    def shut(self, reason: RelayDown) -> None:
        self.is_shut, self.reason = True, reason
        self._say(str(reason))

    def open(self) -> None:
        if self.is_shut:
            self.is_shut, self.pause = False, self._first_pause
            self._say("")

    def wait_longer(self) -> None:
        self.pause = min(2 * self.pause, _LONGEST_PAUSE)
