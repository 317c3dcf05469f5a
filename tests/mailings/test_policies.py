"""What an answer means: states, retries, dead addresses and our own blocking."""

from datetime import UTC, datetime, timedelta

import pytest

from server.mailings.models import DeliveryState, Lane
from server.mailings.policies import (
    GIVE_UP_AFTER,
    Answer,
    Cause,
    Lost,
    Stage,
    cause_of,
    decide,
    explain,
    retry_delay,
    unwritable,
)
from server.mailings.providers import provider_name, provider_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ORDINARY, URGENT = Lane.ORDINARY.rank, Lane.URGENT.rank
RCPT, DATA, MAIL = Stage.RCPT, Stage.DATA, Stage.MAIL


@pytest.mark.parametrize(
    ("code", "text", "stage", "state", "is_dead"),
    [
        (250, "2.0.0 taken", DATA, DeliveryState.ACCEPTED, False),
        (450, "4.2.0 greylisted", RCPT, DeliveryState.DEFERRED, False),
        (451, "try later", DATA, DeliveryState.DEFERRED, False),
        (452, "4.5.3 too many recipients", RCPT, DeliveryState.DEFERRED, False),
        (421, "4.7.0 slow down", RCPT, DeliveryState.DEFERRED, False),
        (550, "5.1.1 user unknown", RCPT, DeliveryState.REFUSED, True),
        (550, "5.1.10 recipient not found", RCPT, DeliveryState.REFUSED, True),
        (550, "5.1.1 user unknown", DATA, DeliveryState.REFUSED, False),
        (550, "no such user", RCPT, DeliveryState.REFUSED, False),
        (552, "5.2.2 mailbox full", RCPT, DeliveryState.REFUSED, False),
        (554, "5.7.1 blocked, see our policy", RCPT, DeliveryState.REFUSED, False),
        (550, "5.7.26 unauthenticated", DATA, DeliveryState.REFUSED, False),
        (550, "5.2.0 Mail rejete. OFR004_104 [104]", RCPT, DeliveryState.DEFERRED, False),
        (553, "5.7.1 sender not owned by user", MAIL, DeliveryState.DEFERRED, False),
        (530, "5.7.0 authentication required", MAIL, DeliveryState.DEFERRED, False),
    ],
)
def test_what_an_answer_means(code: int, text: str, stage: Stage, state: DeliveryState, is_dead: bool) -> None:
    decision = decide(Answer(code, text, stage), tries=0, doubts=0, lane=ORDINARY, now=NOW)
    assert (decision.state, decision.is_dead) == (state, is_dead)
    assert decision.reply == f"{code} {text}"
    assert (decision.next_at is not None) == (state is DeliveryState.DEFERRED)


def test_retries_grow_and_end_after_five_days() -> None:
    delays: list[timedelta] = []
    while (delay := retry_delay(len(delays), ORDINARY)) is not None:
        delays.append(delay)
    assert delays[:4] == [timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=8)]
    assert GIVE_UP_AFTER - timedelta(hours=8) < sum(delays, timedelta()) <= GIVE_UP_AFTER
    last = decide(Answer(451, "4.3.0 no", DATA), tries=len(delays), doubts=0, lane=ORDINARY, now=NOW)
    assert last.state is DeliveryState.REFUSED
    assert cause_of(last.reply) is Cause.TOO_LATE


def test_what_cannot_wait_is_tried_again_sooner() -> None:
    assert [retry_delay(tries, URGENT) for tries in (0, 1, 2)] == [
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
    ]


def test_a_lost_answer_is_a_doubt_only_after_the_dot() -> None:
    before = decide(Lost(False, "reset"), tries=0, doubts=0, lane=ORDINARY, now=NOW)
    after = decide(Lost(True, "reset"), tries=0, doubts=0, lane=ORDINARY, now=NOW)
    assert before.state is DeliveryState.DEFERRED
    assert (after.state, after.next_at) == (DeliveryState.UNCERTAIN, NOW + timedelta(minutes=15))


def test_an_urgent_doubt_is_resolved_at_once_and_the_third_is_the_last() -> None:
    assert decide(Lost(True, "x"), tries=0, doubts=0, lane=URGENT, now=NOW).next_at == NOW
    last = decide(Lost(True, "x"), tries=0, doubts=2, lane=URGENT, now=NOW)
    assert (last.state, last.next_at) == (DeliveryState.UNCERTAIN, None)


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        ("550 5.1.1 unknown", Cause.DEAD_ADDRESS),
        ("550 User unknown", Cause.DEAD_ADDRESS),
        ("550 5.7.1 user unknown or blocked", Cause.BLOCKED),
        ("554 message looks like spam", Cause.CONTENT),
        ("552 5.6.0 virus found", Cause.CONTENT),
        ("554 blocked using a black list", Cause.BLOCKED),
        ("552 5.2.2 over quota", Cause.MAILBOX_FULL),
        ("552 5.3.4 too big", Cause.TOO_BIG),
        ("553 5.6.7 the relay does not offer SMTPUTF8", Cause.NOT_SUPPORTED),
        (unwritable("a space").reply, Cause.UNWRITABLE),
        ("554 no", Cause.OTHER),
        ("", Cause.OTHER),
    ],
)
def test_causes_in_plain_words(reply: str, cause: Cause) -> None:
    assert cause_of(reply) is cause
    assert str(explain(cause)).endswith(".")


def test_several_domains_one_provider() -> None:
    assert provider_of("a@Wanadoo.fr") == provider_of("b@orange.fr") == "orange"
    assert provider_of('"x@y"@Petit-Village.fr') == "petit-village.fr"
    assert provider_name("orange") == "Orange, Wanadoo"
    assert provider_name("petit-village.fr") == "petit-village.fr"
