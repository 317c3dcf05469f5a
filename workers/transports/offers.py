"""What a relay said it can do, and what that means for a message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from server.mailings.policies import Answer, Stage
from workers.transports.contract import Parcel

_UNSAFE_IN_COMMAND = re.compile(r"[\x00-\x1f\x7f<>]")


@dataclass(frozen=True, slots=True)
class Offers:
    """The answer to EHLO. `largest`: bytes of a message, 0 if it does not say."""

    pipelining: bool
    eight_bits: bool
    utf8_addresses: bool
    largest: int

    @classmethod
    def of(cls, extensions: Mapping[str, str]) -> "Offers":
        size = extensions.get("size", "")
        return cls(
            "pipelining" in extensions,
            "8bitmime" in extensions,
            "smtputf8" in extensions,
            int(size) if size.isdecimal() else 0,
        )

    def refuse(self, parcel: Parcel) -> Answer | None:
        """Why this message cannot even be tried here; None if it can."""
        if _UNSAFE_IN_COMMAND.search(parcel.sender + parcel.recipient):
            return Answer(553, "this address cannot be written in a command", Stage.DATA)
        if not self.utf8_addresses and _needs_utf8(parcel):
            return Answer(553, "5.6.7 the relay does not offer SMTPUTF8", Stage.DATA)
        if not self.eight_bits and not parcel.content.isascii():
            return Answer(554, "5.6.3 the relay does not offer 8BITMIME", Stage.DATA)
        if 0 < self.largest < len(parcel.content):
            return Answer(552, f"5.3.4 the relay takes at most {self.largest} bytes", Stage.DATA)
        return None

    def mail(self, parcel: Parcel) -> bytes:
        """The first command of a transaction."""
        options = ("" if parcel.content.isascii() else " BODY=8BITMIME") + (" SMTPUTF8" if _needs_utf8(parcel) else "")
        return f"MAIL FROM:<{parcel.sender}>{options}".encode()


def rcpt(parcel: Parcel) -> bytes:
    """The second one: exactly the stored address."""
    return f"RCPT TO:<{parcel.recipient}>".encode()


def _needs_utf8(parcel: Parcel) -> bool:
    return not (parcel.recipient.isascii() and parcel.sender.isascii())
