"""The lines to the relay that one worker has open, and whether one more can be had."""

from workers.gate import Gate
from workers.transports.contract import Line, RelayDown, Transport


class Lines:
    """Opens and closes them, and shuts the gate when none can be had."""

    def __init__(self, transport: Transport, gate: Gate) -> None:
        self.gate = gate
        self._transport = transport
        self._open: set[Line] = set()

    async def open(self) -> Line:
        """A new line. Raises RelayDown, and shuts the gate, unless other lines still work: then the relay wants fewer."""
        if self.gate.is_shut:
            raise self.gate.reason
        return await self.try_one()

    async def try_one(self) -> Line:
        """A new line, whether or not one could be had just now. Raises RelayDown."""
        try:
            line = await self._transport.open()
        except RelayDown as down:
            if not any(one.is_usable for one in self._open):
                self.gate.shut(down)
            raise
        self.gate.open()
        self._open.add(line)
        return line

    async def close(self, line: Line) -> None:
        self._open.discard(line)
        await line.close()


def lanes_of(count: int) -> list[int]:
    """The least pressing lane that each of `count` lines serves: of three or more lines, one is kept free for what is
    pressing; of four or more, another one for single messages alone. It is only opened when there is something for it.
    """
    kept = [0, 1] if count >= 4 else [1] if count == 3 else []
    return kept + [2] * (count - len(kept))
