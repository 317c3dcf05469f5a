"""Why somebody was not reached, and what to do about it, in sentences."""

from collections.abc import Mapping

from server.core.i18n import Message, sentence
from server.coverage.ledger import Reason
from server.coverage.ways import ToldWay, Way
from server.residents.models import Channel

WAYS: Mapping[Way, Message] = {
    Channel.EMAIL: sentence("by email"),
    Channel.POST: sentence("by post"),
    Channel.HAND: sentence("in the letterbox"),
    Channel.COUNTER: sentence("at the counter"),
    ToldWay.DOOR: sentence("told at the door"),
    ToldWay.PAPER: sentence("paper left"),
    ToldWay.CALL: sentence("told by telephone"),
}
TOLD: Mapping[ToldWay, Message] = {way: WAYS[way] for way in ToldWay}
REASONS: Mapping[Reason, tuple[Message, Message]] = {
    Reason.REFUSED: (
        sentence("the mailbox refused it"),
        sentence("Call them, or send a letter."),
    ),
    Reason.BARRED: (
        sentence("this mailbox is not written to any more"),
        sentence("Ask for another address, or send a letter."),
    ),
    Reason.RETURNED: (sentence("a letter came back from the address"), sentence("Find the new address.")),
    Reason.MISSING: (sentence("the copy was spoilt or not delivered"), sentence("Print it again and bring it.")),
    Reason.ADDRESS: (sentence("there is no usable address"), sentence("Complete the address.")),
    Reason.PAUSED: (sentence("they asked for a pause"), sentence("Nothing: it resumes by itself.")),
    Reason.NOT_PRINTED: (sentence("nothing was printed yet"), sentence("Plan the paper sending.")),
    Reason.NOT_SENT: (sentence("nothing was sent to them"), sentence("Bring or send them a letter.")),
}
