"""A town's keys: sealed at rest, in use once published, replaced without a gap; what they sign is judged by dkimpy."""

from datetime import timedelta

import dkim
from sqlmodel import select

from server.core.database import Database
from server.core.secrets import Secrets
from server.mailings.dkim import Algorithm
from server.mailings.dkim_records import record_name, record_of
from server.mailings.ledger import Claim
from server.mailings.models import DkimKey, DkimState
from server.mailings.signing import (
    begin_signing,
    forget_retired_keys,
    list_keys,
    make_key,
    open_key,
    remove_key,
    signing_keys,
)
from tests.cast import Cast
from tests.sending import Office, people
from workers.shelf import Shelf
from workers.transports.contract import Parcel
from workers.transports.memory import MemoryTransport

DOMAIN = "saint-aubin.example"


async def new_key(office: Office, cast: Cast, algorithm: Algorithm = Algorithm.RSA, *, published: bool = True) -> None:
    async with office.database.writing() as session:
        key = await make_key(
            session, cast.town_id, office.secrets, cast.actor("Alice"), domain=DOMAIN, algorithm=algorithm
        )
        if published:
            await begin_signing(session, key)


async def test_what_leaves_is_signed_by_the_published_keys_and_each_attempt_is_the_same(
    office: Office, cast: Cast
) -> None:
    for algorithm in Algorithm:
        await new_key(office, cast, algorithm)
    async with office.database.reading() as session:
        opened = [open_key(row, office.secrets) for row in await list_keys(session, cast.town_id)]
    records = {f"{record_name(key.domain, key.selector)}.": record_of(key) for key in opened}

    def dns(name: bytes, timeout: int = 5) -> bytes:
        return records[name.decode()].encode()

    relay = MemoryTransport()
    await office.send_all(relay, await office.start(people(3)))
    assert len(relay.taken) == 3
    for taken in relay.taken:
        for place in range(2):
            verifier = dkim.DKIM(taken.content)
            assert verifier.verify(idx=place, dnsfunc=dns)
            assert {b"to", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post"} <= set(
                verifier.signature_fields[b"h"].lower().replace(b" ", b"").split(b":")
            )


async def test_a_copy_signed_ahead_is_the_same_bytes(office: Office, cast: Cast) -> None:
    await new_key(office, cast, Algorithm.RSA)
    mailing_id = await office.start(people(2))
    rows = await office.rows(mailing_id)
    claims = [
        Claim(row.id, office.town_id, mailing_id, row.message_id, row.recipient, row.address, 2, 1, 0, 0)
        for row in rows
    ]
    shelf = Shelf(office.database, office.secrets, timedelta(seconds=20))
    plain = [await shelf.prepare(claim) for claim in claims]
    assert all(isinstance(parcel, Parcel) and parcel.content.startswith(b"DKIM-Signature") for parcel in plain)
    shelf.foresee(claims)
    await shelf.close()
    assert [await shelf.prepare(claim) for claim in claims] == plain


async def test_the_old_key_signs_until_the_new_ones_record_is_seen(office: Office, cast: Cast) -> None:
    await new_key(office, cast)
    await new_key(office, cast, published=False)
    await new_key(office, cast, published=False)  # replaces the one that waited
    async with office.database.writing() as session:
        waiting, signing = await list_keys(session, cast.town_id)
        assert (waiting.state, signing.state) == (DkimState.WAITING, DkimState.SIGNING)
        assert waiting.selector != signing.selector
        assert [key.selector for key in await signing_keys(session, cast.town_id, office.secrets)] == [signing.selector]
        await begin_signing(session, waiting)
    async with office.database.writing() as session:
        assert [key.selector for key in await signing_keys(session, cast.town_id, office.secrets)] == [waiting.selector]
        assert {key.state for key in await list_keys(session, cast.town_id)} == {DkimState.SIGNING, DkimState.RETIRED}
        assert await signing_keys(session, cast.neighbour_id, office.secrets) == []
        await forget_retired_keys(session)  # its record is still needed
        assert len(await list_keys(session, cast.town_id)) == 2
        await remove_key(session, cast.town_id, cast.actor("Alice"), waiting.id)
        assert await signing_keys(session, cast.town_id, office.secrets) == []


async def test_a_key_is_sealed_and_one_that_cannot_be_opened_keeps_no_mail_from_leaving(
    office: Office, cast: Cast, database: Database
) -> None:
    await new_key(office, cast)
    async with database.reading() as session:
        row = (await session.scalars(select(DkimKey))).one()
    assert b"\x02\x03\x01\x00\x01" not in row.sealed  # the public exponent stands in every RSA key
    stranger = Office(database, Secrets(b"restored beside another instance" * 2), cast.town_id)
    relay = MemoryTransport()
    await stranger.send_all(relay, await stranger.start(people(1)))
    assert len(relay.taken) == 1
    assert b"DKIM-Signature" not in relay.taken[0].content
