"""A line to a relay that offers PIPELINING (RFC 2920): a message costs one journey there and back.

    content of this one, MAIL, RCPT and DATA of the next ──▶
                  ◀── answer to this one, three answers to the next

A relay may say 354 though it refused everybody: it then gets a lone dot, whatever it answers to it.
"""

from dataclasses import dataclass

from server.mailings.policies import Answer, Stage
from workers.transports.answers import Listener, Silence
from workers.transports.contract import LineLost, Parcel
from workers.transports.offers import Offers, rcpt

DATA_START = 120.0
_GOODBYE = 5.0
_LEAVING = 421


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds (RFC 5321, 4.5.3.2) for MAIL and RCPT, and for the answer to a message."""

    command: float
    data: float


class PipelinedLine:
    """One connection, used for one message after another."""

    looks_ahead = True

    def __init__(self, listener: Listener, offers: Offers, patience: Patience) -> None:
        self._listener = listener
        self._offers = offers
        self._patience = patience
        self._announced: Parcel | None = None
        self._must_clear = False
        self._is_clearing = False
        self.carried = 0

    @property
    def is_usable(self) -> bool:
        return self._listener.is_open

    async def carry(self, parcel: Parcel, ahead: Parcel | None = None) -> Answer:
        self.carried += 1
        if (refusal := self._offers.refuse(parcel)) is not None:
            return refusal
        announced, self._announced = self._announced, None
        try:
            if announced is None:
                self._listener.say(*self._announcement(parcel))
            elif announced != parcel:
                self._listener.hang_up("another message was announced")
            refusal = await self._permission()
        except Silence as silence:
            raise LineLost(str(silence), after_dot=False) from None
        return refusal or await self._content(parcel, ahead)

    async def close(self) -> None:
        if self._announced is not None:
            self._listener.hang_up()
        await self._listener.part(_GOODBYE)

    def _announcement(self, parcel: Parcel) -> tuple[bytes, int]:
        """MAIL, RCPT and DATA in one stroke, and how many answers they have."""
        clear, self._is_clearing, self._must_clear = self._must_clear, self._must_clear, False
        words = b"\r\n".join((self._offers.mail(parcel), rcpt(parcel), b"DATA\r\n"))
        return (b"RSET\r\n" + words, 4) if clear else (words, 3)

    async def _permission(self) -> Answer | None:
        """None if the content may follow; otherwise why not. Raises Silence: nothing was taken."""
        if self._is_clearing:
            self._is_clearing = False
            await self._listener.hear(self._patience.command)
        refusal = None
        for stage, agreed, seconds in (
            (Stage.MAIL, (250,), self._patience.command),
            (Stage.RCPT, (250, 251), self._patience.command),
            (Stage.DATA, (354,), DATA_START),
        ):
            said = await self._listener.hear(seconds)
            if said.code not in agreed:
                refusal = refusal or Answer(said.code, said.text, stage)
                self._must_clear = True
            if said.code == _LEAVING:
                self._listener.hang_up("the relay took its leave")
                return refusal
        if refusal is not None and said.code == 354:
            await self._nothing()
        return refusal

    async def _nothing(self) -> None:
        """It waits for a message that nobody may get."""
        self._must_clear = False
        self._listener.say(b".\r\n", 1)
        await self._listener.hear(self._patience.data)

    async def _content(self, parcel: Parcel, ahead: Parcel | None) -> Answer:
        words, answers = b"", 0
        if ahead is not None and self._offers.refuse(ahead) is None:
            words, answers = self._announcement(ahead)
            self._announced = ahead
        if not self._listener.is_open:
            raise LineLost("the line was closed before the message", after_dot=False)
        try:
            self._listener.say(parcel.content + words, 1 + answers)
            said = await self._listener.hear(self._patience.data)
        except Silence as silence:
            raise LineLost(str(silence), after_dot=True) from None
        if said.code == _LEAVING:
            self._listener.hang_up("the relay took its leave")
        if 300 <= said.code < 400:
            self._listener.hang_up("the relay is out of step")
            raise LineLost(f"{said.code} is no answer to a message", after_dot=True)
        return Answer(said.code, said.text, Stage.DATA)
