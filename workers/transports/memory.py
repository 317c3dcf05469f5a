"""A relay in memory: a real way out for tests and drills, with scripted answers."""

from collections.abc import Callable
from dataclasses import dataclass, field

from server.mailings.policies import Answer, Stage
from workers.transports.contract import Parcel, RelayDown
from workers.transports.wire import off_the_wire

YES = Answer(250, "2.0.0 taken", Stage.DATA)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message the relay answered for."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class MemoryTransport:
    """`answer` says what is said to whom (it may raise LineLost); `down` makes the relay unreachable."""

    answer: Callable[[str], Answer] = lambda _recipient: YES
    down: RelayDown | None = None
    taken: list[Taken] = field(default_factory=list)

    async def open(self) -> "MemoryLine":
        if self.down is not None:
            raise self.down
        return MemoryLine(self)


@dataclass(eq=False)
class MemoryLine:
    relay: MemoryTransport
    carried: int = 0
    is_usable: bool = True
    looks_ahead: bool = False

    async def carry(self, parcel: Parcel, ahead: Parcel | None = None) -> Answer:
        self.carried += 1
        answer = self.relay.answer(parcel.recipient)
        if 200 <= answer.code < 300:
            self.relay.taken.append(Taken(parcel.sender, parcel.recipient, off_the_wire(parcel.content)))
        return answer

    async def close(self) -> None:
        self.is_usable = False
