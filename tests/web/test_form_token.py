"""The mark of public forms: made with the page, worth something for a day, and only for that form."""

from datetime import timedelta

from server.core import clock
from server.core.secrets import Secrets
from server.web.form_token import Freshness, issue_form_token, judge_form_token


def test_a_human_time(secrets: Secrets) -> None:
    opened = clock.now()
    with clock.frozen(opened):
        token = issue_form_token(secrets, "join")
    for later, expected in (
        (timedelta(seconds=1.9), Freshness.TOO_SOON),
        (timedelta(seconds=2), Freshness.FRESH),
        (timedelta(hours=23, minutes=59), Freshness.FRESH),
        (timedelta(days=1, seconds=1), Freshness.TOO_OLD),
        (timedelta(seconds=-5), Freshness.TOO_SOON),
    ):
        with clock.frozen(opened + later):
            assert judge_form_token(secrets, "join", token) is expected, later


def test_what_we_did_not_make(secrets: Secrets) -> None:
    with clock.frozen(clock.now() - timedelta(minutes=1)):
        token = issue_form_token(secrets, "join")
    moment, _, mark = token.partition(".")
    other = Secrets(b"another instance's secret, forty bytes long")
    assert judge_form_token(secrets, "join", token) is Freshness.FRESH
    assert judge_form_token(secrets, "paper", token) is Freshness.TOO_OLD
    assert judge_form_token(other, "join", token) is Freshness.TOO_OLD
    for forged in ("", ".", moment, f"{int(moment) + 1}.{mark}", f"{moment}.é", f"é.{mark}", "9" * 9999 + "." + mark):
        assert judge_form_token(secrets, "join", forged) is Freshness.TOO_OLD
