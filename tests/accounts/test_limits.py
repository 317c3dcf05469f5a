"""Guessing passwords: from one place or from many it stops soon, and the owner still comes in (S02)."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from starlette.types import ASGIApp

from server.accounts import passwords, queries, signing_in
from server.accounts.models import Account
from server.accounts.schemas import Attempt
from server.core import clock
from server.core.database import Database
from server.core.errors import TooMany
from server.core.secrets import Secrets
from server.web.network import network
from tests.accounts.doors import RIGHT, knock
from tests.browsing import Browser
from tests.cast import Cast
from tests.hashing import CountingHasher

ALICE = "alice@mairie.example"


class Guesser:
    """Tries passwords on one account, from any network."""

    def __init__(self, database: Database, secrets: Secrets, town_id: int) -> None:
        self.database, self.secrets, self.town_id = database, secrets, town_id

    async def tries(self, password: str, where: str, who: str = ALICE) -> bool:
        """Whether it opened the door. Raises TooMany."""
        attempt = Attempt(who, password, where)
        return await signing_in.sign_in(self.database, self.secrets, self.town_id, attempt) is not None

    async def hammers(self, times: int, networks: int) -> int:
        """Wrong passwords, spread over networks; returns how many were looked at."""
        looked_at = 0
        for number in range(times):
            try:
                assert not await self.tries(f"wrong {number}", f"198.51.100.{number % networks}")
                looked_at += 1
            except TooMany:
                pass
        return looked_at


@pytest.fixture
def guesser(database: Database, secrets: Secrets, staff: Cast, monday: object) -> Guesser:
    return Guesser(database, secrets, staff.town_id)


async def test_many_guesses_from_one_place(guesser: Guesser, quick_hashing: CountingHasher) -> None:
    assert await guesser.hammers(60, networks=1) == signing_in.PER_ACCOUNT_AND_NETWORK
    assert len(quick_hashing.verified) == signing_in.PER_ACCOUNT_AND_NETWORK
    assert await guesser.tries(RIGHT, "203.0.113.7")


async def test_many_guesses_from_many_places(guesser: Guesser) -> None:
    assert await guesser.hammers(120, networks=12) <= signing_in.CALM + 12 * signing_in.PER_STRANGE_NETWORK
    assert await guesser.tries(RIGHT, "203.0.113.7")


async def test_under_attack_the_owners_own_place_keeps_its_tries(guesser: Guesser) -> None:
    assert await guesser.tries(RIGHT, "203.0.113.7")
    await guesser.hammers(80, networks=40)
    for number in range(signing_in.PER_STRANGE_NETWORK + 2):
        assert not await guesser.tries(f"mistyped {number}", "203.0.113.7")
    assert await guesser.tries(RIGHT, "203.0.113.7")


async def test_under_attack_a_strange_place_has_few_tries_a_day(guesser: Guesser) -> None:
    await guesser.hammers(80, networks=40)
    start = clock.now()
    for number in range(signing_in.PER_STRANGE_NETWORK):
        assert not await guesser.tries(f"wrong {number}", "192.0.2.1")
    for hours in (0, 1, 20):
        with clock.frozen(start + timedelta(hours=hours)), pytest.raises(TooMany):
            await guesser.tries(RIGHT, "192.0.2.1")
    with clock.frozen(start + timedelta(hours=25)):
        assert await guesser.tries(RIGHT, "192.0.2.1")


async def test_spraying_one_password_on_many_accounts_stops(guesser: Guesser) -> None:
    stopped = 0
    for number in range(signing_in.PER_NETWORK + 20):
        try:
            await guesser.tries("Printemps2026!", "192.0.2.1", who=f"person{number}@mairie.example")
        except TooMany:
            stopped += 1
    assert stopped == 20


async def test_success_forgets_the_mistakes(guesser: Guesser) -> None:
    for _round in range(3):
        for number in range(signing_in.PER_ACCOUNT_AND_NETWORK - 1):
            assert not await guesser.tries(f"mistyped {number}", "203.0.113.7")
        assert await guesser.tries(RIGHT, "203.0.113.7")


async def test_after_a_quarter_of_an_hour_one_may_try_again(guesser: Guesser) -> None:
    await guesser.hammers(20, networks=1)
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert await guesser.tries(RIGHT, "198.51.100.0")


async def test_the_limit_does_not_tell_who_is_known(guesser: Guesser) -> None:
    for who in (ALICE, "nobody@mairie.example"):
        refusals = 0
        for number in range(15):
            try:
                await guesser.tries(f"wrong {number}", f"192.0.2.{len(who)}", who=who)
            except TooMany:
                refusals += 1
        assert refusals == 15 - signing_in.PER_ACCOUNT_AND_NETWORK


async def test_the_limit_is_a_page_with_the_time_to_wait(client: Browser, staff: Cast) -> None:
    for _number in range(signing_in.PER_ACCOUNT_AND_NETWORK):
        assert (await knock(client, password="wrong")).status_code == 422
    answer = await knock(client)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    assert "Wait a quarter of an hour" in answer.text


async def test_a_password_changed_meanwhile_opens_nothing(database: Database, secrets: Secrets, staff: Cast) -> None:
    """Between looking at the password and opening the session, the account is read again."""
    attempt = Attempt(ALICE, RIGHT, "192.0.2.1")
    async with database.writing() as session:
        account = await queries.get_account(session, staff.account_ids["Alice"])
        seen = Account(id=account.id, email=ALICE, name="Alice", password_hash="the one before")
        assert await signing_in._open(session, secrets, staff.town_id, seen, attempt, None) is None
        assert await queries.list_living_sessions(session, account.id) == []


@pytest.mark.parametrize(
    "address, expected",
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("2001:db8:1:2aa:ffff::9", "2001:db8:1:200::/56"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_networks_are_coarse(address: str, expected: str) -> None:
    assert network(address) == expected


async def test_a_weaker_hash_is_renewed_when_its_owner_comes(
    app: ASGIApp, client: Browser, staff: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert (await knock(client)).status_code == 303
    async with database.reading() as session:
        account = await queries.get_account(session, staff.account_ids["Alice"])
    assert "m=16,t=2" in str(account.password_hash)
    assert (await knock(client)).status_code == 303
