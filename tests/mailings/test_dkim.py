"""Copies are signed so that another's verifier (dkimpy) agrees, and nothing can be added or changed on the way."""

from datetime import timedelta

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.secrets import Secrets
from server.mailings.dkim import LEAST_LEFT, SIGNED, Algorithm, SigningKey, expiry, ready_to_sign, sign, signature
from server.mailings.dkim_records import is_record_of, new_private_key, record_name, record_of
from server.mailings.splice import fill_for, splice
from tests.sending import DATE, composed

NOW = DATE + timedelta(minutes=5)
KEYS = {
    algorithm: SigningKey.load("saint-aubin.example", f"t-{algorithm}", new_private_key(algorithm))
    for algorithm in Algorithm
}
RSA, ED25519 = KEYS[Algorithm.RSA], KEYS[Algorithm.ED25519]


def dns(name: bytes, timeout: int = 5) -> bytes:  # dkimpy's names
    """The records of the town's domain."""
    found = {f"{record_name(key.domain, key.selector)}.": record_of(key) for key in KEYS.values()}
    return found[name.decode()].encode()


def is_verified(message: bytes, place: int = 0) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(idx=place, dnsfunc=dns))
    except dkim.DKIMException:
        return False


def test_every_copy_is_verified_and_two_attempts_are_the_same_bytes(secrets: Secrets) -> None:
    message = composed(text="Bonjour  à tous \t\n\n. un point\n\n\n", html="<p>" + "é  à " * 90 + "</p>")
    ready = ready_to_sign(message, KEYS.values(), NOW)
    for recipient, address in enumerate(["zoe@example.org", '"deux  mots"@example.org', "rené@exämple.org"]):
        filling = fill_for(secrets, 3, mailing_id=12, edition="standard", recipient=recipient, address=address)
        copy, header = splice(message, filling), signature(ready, filling)
        assert header == signature(ready_to_sign(message, KEYS.values(), NOW + timedelta(days=5)), filling)
        assert header == b"".join(sign(copy, key, NOW) for key in KEYS.values())
        assert is_verified(header + copy, 0)
        assert is_verified(header + copy, 1)
        assert max(map(len, header.split(b"\r\n"))) <= 78


def test_nothing_signed_can_be_changed_or_added(secrets: Secrets) -> None:
    filling = fill_for(secrets, 3, mailing_id=12, edition="standard", recipient=7, address="zoe@example.org")
    copy = splice(composed(), filling)
    signed = sign(copy, RSA, NOW) + copy
    assert is_verified(signed)
    assert not is_verified(signed.replace(b"jeudi", b"lundi"))
    for name in SIGNED:
        assert not is_verified(f"{name}: added\r\n".encode() + signed), name
    for name in ("To", "Message-ID", "Date", "List-Unsubscribe"):
        assert not is_verified(signed.replace(f"\n{name}: ".encode(), f"\n{name}: x".encode(), 1)), name
    assert is_verified(b"Received: from nowhere\r\n" + signed)


@settings(max_examples=60, deadline=None)
@given(
    body=st.text(alphabet=" \t\r\nab=", max_size=60),
    subject=st.text(alphabet=" \tab=;:", max_size=30),
)
def test_whatever_white_space_there_is_the_verifier_sees_the_same(body: str, subject: str) -> None:
    lines = body.replace("\r", "").replace("\n", "\r\n")
    message = f"From: a@b.example\r\nSubject: x{subject}\r\n folded \r\nDate: bad\r\n\r\n{lines}\r\n".encode()
    assert is_verified(sign(message, ED25519, NOW) + message)


def test_a_signature_outlives_every_retry_however_late_the_message_leaves() -> None:
    for late in range(0, 100, 7):
        now = DATE + timedelta(days=late)
        assert LEAST_LEFT <= expiry(DATE, now) - now <= LEAST_LEFT + timedelta(days=30)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_published_record_is_known_again_and_a_wrong_one_is_not(algorithm: Algorithm) -> None:
    key = KEYS[algorithm]
    other = SigningKey.load(key.domain, key.selector, new_private_key(algorithm))
    said = record_of(key)
    assert is_record_of(key, said)
    assert is_record_of(key, said.replace("; ", " ;\t").replace("p=", "p= ") + ";")
    for wrong in ("", "v=spf1 -all", record_of(other), said.partition("p=")[0] + "p=", said + "; t=y"):
        assert not is_record_of(key, wrong), wrong
