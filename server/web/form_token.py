"""A mark that public forms carry, without a cookie: when the page was made. Machines answer too fast or with an old one.

It is no secret and no proof of who sends: it only makes a form cost a page and two seconds. Limits do the rest.
"""

import hmac
from datetime import timedelta
from enum import StrEnum

from server.core import clock
from server.core.secrets import Secrets

AT_LEAST = timedelta(seconds=2)
AT_MOST = timedelta(days=1)


class Freshness(StrEnum):
    FRESH = "fresh"
    TOO_SOON = "too_soon"
    TOO_OLD = "too_old"
    """Or not ours at all."""


def issue_form_token(secrets: Secrets, purpose: str) -> str:
    """What the hidden field of a form holds, made with its page."""
    moment = str(int(clock.now().timestamp() * 1000))
    return f"{moment}.{_mark(secrets, purpose, moment)}"


def judge_form_token(secrets: Secrets, purpose: str, token: str, *, at_least: timedelta = AT_LEAST) -> Freshness:
    """Whether a form comes back from a page of ours in a human time."""
    moment, _, mark = token.partition(".")
    expected = _mark(secrets, purpose, moment)
    if not moment.isascii() or not moment.isdigit() or not hmac.compare_digest(mark.encode(), expected.encode()):
        return Freshness.TOO_OLD
    age = timedelta(milliseconds=clock.now().timestamp() * 1000 - int(moment))
    if age > AT_MOST:
        return Freshness.TOO_OLD
    return Freshness.TOO_SOON if age < at_least else Freshness.FRESH


def _mark(secrets: Secrets, purpose: str, moment: str) -> str:
    return secrets.mac(f"form/{purpose}", moment.encode("utf-8", "replace")).hex()
