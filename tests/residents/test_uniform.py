"""Whoever asks learns nothing about anybody (S03): same status, same page, same size, the same time."""

import time

from server.core.database import Database
from server.core.secrets import Secrets
from server.mailings.leaving import suppress_address
from server.mailings.models import SuppressionReason
from tests.browsing import Browser
from tests.cast import Cast
from tests.residents.visiting import JEANNE, ask_to_join, joined

NEVER = "never@orange.example"
_ROUNDS = 12


async def test_known_unknown_and_barred_addresses_get_one_answer(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    async with database.writing() as session:
        await joined(session, cast, JEANNE)
        await suppress_address(session, cast.town_id, secrets, NEVER, SuppressionReason.NEVER_AGAIN)
    seen = set()
    for address in (JEANNE, "nobody@orange.example", NEVER, JEANNE, NEVER):
        answer = await ask_to_join(client, secrets, cast, address)
        after = await client.get("/receive/sent")
        headers = sorted(name for name in answer.headers if name != "date")
        seen.add((answer.status_code, answer.headers["location"], answer.content, len(after.content), *headers))
    assert len(seen) == 1


async def test_known_and_unknown_take_the_same_time(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    """A coarse guard in every run: the quickest of a dozen answers each, when nobody else kept us waiting, are alike."""
    async with database.writing() as session:
        for number in range(_ROUNDS):
            await joined(session, cast, f"known{number}@orange.example")
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    await ask_to_join(client, secrets, cast, "warm@orange.example")
    for number in range(_ROUNDS):
        for kind, spent in times.items():
            begun = time.perf_counter()
            await ask_to_join(client, secrets, cast, f"{kind}{number}@orange.example")
            spent.append(time.perf_counter() - begun)
    known, unknown = (min(times[kind]) for kind in ("known", "unknown"))
    assert abs(known - unknown) < 0.5 * max(known, unknown), times
