"""What an answer of the relay means for one delivery: decided here, in one place, from values alone."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from server.core.i18n import Message, sentence
from server.mailings.headers import one_line
from server.mailings.models import MOST_REPLY, DeliveryState, Lane
from server.mailings.pacing import asks_to_slow_down

RETRY_AFTER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=8))
"""The last one repeats."""
RETRY_SOONER = (timedelta(minutes=1), timedelta(minutes=5))
"""Before the others, for what cannot wait: greylisting opens after a few minutes."""
GIVE_UP_AFTER = timedelta(days=5)
DOUBT_DELAY = timedelta(minutes=15)
"""The relay may still answer late; what cannot wait is sent again at once."""
MOST_DOUBTS = 3
"""So many lost answers on one delivery, and it is left alone: it stays uncertain, and visible."""


class Stage(StrEnum):
    """How far a message had come when the relay answered."""

    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"


class Answer(NamedTuple):
    """The relay said something definite."""

    code: int
    text: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Lost:
    """The line broke or nobody answered in time. After the final dot the message may have been accepted."""

    after_dot: bool
    text: str


class Cause(StrEnum):
    """Why a message was refused, as far as the answer tells."""

    DEAD_ADDRESS = "dead_address"
    MAILBOX_FULL = "mailbox_full"
    BLOCKED = "blocked"
    CONTENT = "content"
    TOO_BIG = "too_big"
    NOT_SUPPORTED = "not_supported"
    UNWRITABLE = "unwritable"
    TOO_LATE = "too_late"
    OTHER = "other"


class Decision(NamedTuple):
    """What becomes of a delivery. `is_dead`: the address must not be written to again."""

    state: DeliveryState
    reply: str = ""
    next_at: datetime | None = None
    is_dead: bool = False


_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
# Orange says "slow down" with these names, sometimes under a 5xx.
_SLOW_DOWN = re.compile(r"\bOFR\w*_10[45]\b")
# Where an answer has no code, its words are all there is. The first that fits; the message's own content and our own
# blocking before everything else, for they must never be taken for somebody's fault.
_CAUSES = tuple(
    (cause, re.compile(words, re.IGNORECASE))
    for cause, words in (
        (Cause.CONTENT, r"^5\.6\.[0-6]\b|virus|malware|spam (content|message)|(content|message).{0,20}(rejected|spam)"),
        (Cause.BLOCKED, r"^5\.7\.|spam|block|black ?list|reputation|policy|\b(SPF|DKIM|DMARC)\b"),
        (Cause.MAILBOX_FULL, r"^5\.2\.2\b|quota|mailbox (is )?full"),
        (Cause.TOO_BIG, r"^5\.(3\.4|2\.3)\b|too (big|large)|size limit"),
        (Cause.NOT_SUPPORTED, r"^5\.6\.7\b|SMTPUTF8"),
        (Cause.DEAD_ADDRESS, r"(user|recipient|mailbox|address)( is)? (unknown|not found)"),
        (Cause.DEAD_ADDRESS, r"unknown (user|recipient)|no such user|does not exist"),
    )
)


def decide(outcome: Answer | Lost, *, tries: int, doubts: int, lane: int, now: datetime) -> Decision:
    """The state a delivery takes after one sending; `tries` and `doubts` count what happened before."""
    if isinstance(outcome, Lost):
        said = _kept(outcome.text)
        return _doubt(said, doubts, lane, now) if outcome.after_dot else _later(said, tries, lane, now)
    reply = _kept(f"{outcome.code} {outcome.text}")
    if 200 <= outcome.code < 300:
        return Decision(DeliveryState.ACCEPTED, reply)
    if outcome.stage is Stage.MAIL or outcome.code < 500 or _SLOW_DOWN.search(outcome.text):
        # Before RCPT the answer is about us, not about this person: nobody is refused for it.
        return _later(reply, tries, lane, now)
    is_dead = outcome.stage is Stage.RCPT and _enhanced(outcome.text) in _DEAD
    return Decision(DeliveryState.REFUSED, reply, is_dead=is_dead)


def unwritable(reason: str) -> Decision:
    """The message cannot even be written for this address; nothing was sent."""
    return Decision(DeliveryState.REFUSED, _kept(f"{Cause.UNWRITABLE}: {reason}"))


def not_sent(now: datetime) -> Decision:
    """No line could be had after all. It says nothing about this delivery, and does not count as a try."""
    return Decision(DeliveryState.QUEUED, next_at=now)


def cause_of(reply: str) -> Cause:
    """Why, from the reply the ledger kept."""
    if reply.startswith((Cause.UNWRITABLE, Cause.TOO_LATE)):
        return Cause(reply.partition(":")[0])
    text = reply.partition(" ")[2] if reply[:3].isdigit() else reply
    if _enhanced(text) in _DEAD:
        return Cause.DEAD_ADDRESS
    return next((cause for cause, pattern in _CAUSES if pattern.search(text)), Cause.OTHER)


def explain(cause: Cause) -> Message:
    """The cause in a sentence for the staff."""
    return _SENTENCES[cause]


def explain_waiting(reply: str) -> Message:
    """Why somebody's mail waits, from the reply the ledger kept, in a sentence for the staff."""
    found = next((words for pattern, words in _WAITING if pattern.search(reply)), None)
    return _SLOWED if found is None and asks_to_slow_down(reply) else found or _LATER


def retry_delay(tries: int, lane: int) -> timedelta | None:
    """How long to wait after `tries` times "later"; None when five days have passed."""
    delays = RETRY_AFTER if lane == Lane.ORDINARY.rank else RETRY_SOONER + RETRY_AFTER
    waited = sum(delays[:tries], timedelta()) + delays[-1] * max(0, tries - len(delays))
    delay = delays[min(tries, len(delays) - 1)]
    return delay if waited + delay <= GIVE_UP_AFTER else None


def _later(reply: str, tries: int, lane: int, now: datetime) -> Decision:
    delay = retry_delay(tries, lane)
    if delay is None:
        return Decision(DeliveryState.REFUSED, _kept(f"{Cause.TOO_LATE}: {reply}"))
    return Decision(DeliveryState.DEFERRED, reply, next_at=now + delay)


def _doubt(said: str, doubts: int, lane: int, now: datetime) -> Decision:
    if doubts + 1 >= MOST_DOUBTS:
        return Decision(DeliveryState.UNCERTAIN, said)
    delay = DOUBT_DELAY if lane == Lane.ORDINARY.rank else timedelta()
    return Decision(DeliveryState.UNCERTAIN, said, next_at=now + delay)


def _kept(text: str) -> str:
    """What a stranger's server said, as one line that any database can keep."""
    return one_line(text)[:MOST_REPLY]


def _enhanced(text: str) -> str:
    found = _ENHANCED.match(text)
    return found.group(1) if found else ""


_SLOWED = sentence("The provider asks us to send more slowly, and we do.")
_LATER = sentence("The provider asks us to come back later, and we do.")
_WAITING = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"gr[ea]y.?list", sentence("The provider lets strangers wait a few minutes at first; then it opens.")),
        (r"4\.2\.2\b|quota|mailbox (is )?full", sentence("The mailbox is full for now.")),
        (r"4\.4\.[13]\b", sentence("The provider’s servers do not answer for now.")),
    )
)
_SENTENCES = {
    Cause.DEAD_ADDRESS: sentence("This mailbox does not exist any more, or the address was mistyped."),
    Cause.MAILBOX_FULL: sentence("The mailbox is full."),
    Cause.BLOCKED: sentence("The provider refuses our messages. The address itself is not in question."),
    Cause.CONTENT: sentence(
        "The provider refuses what this message says, or takes it for spam. Change the text or a link."
    ),
    Cause.TOO_BIG: sentence("The message is too big for this mailbox."),
    Cause.NOT_SUPPORTED: sentence("The relay cannot write to an address with accented letters."),
    Cause.UNWRITABLE: sentence("No message can be written to this address as it stands."),
    Cause.TOO_LATE: sentence("The provider asked to come back later, for five days; we have given up."),
    Cause.OTHER: sentence("The provider refused the message without a clear reason."),
}
