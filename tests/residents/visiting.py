"""What visitors of the town's page do: join, confirm; and people who are on the list already."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import update
from sqlmodel import col, select

from server.accounts import passwords
from server.accounts.models import Account
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.secrets import Secrets
from server.residents.models import Channel, ConsentAct, ConsentWay, Resident
from server.residents.schemas import PostalAddress, Want
from server.residents.subscribing import describe, record_consent, refresh_keys, set_email, set_wants
from server.web.form_token import issue_form_token
from tests.browsing import Browser
from tests.cast import Cast

JEANNE = "jeanne.dupont@orange.example"


def human_token(secrets: Secrets, purpose: str, seconds: int = 30) -> str:
    """The mark of a page that was opened a little while ago."""
    with clock.frozen(clock.now() - timedelta(seconds=seconds)):
        return issue_form_token(secrets, purpose)


async def ask_to_join(
    browser: Browser, secrets: Secrets, cast: Cast, email: str = JEANNE, **fields: Any
) -> httpx.Response:
    """Fill in the form of /receive like a person."""
    given = {"email": email, "topic_ids": str(cast.topic_ids[0]), "edition": "standard", "language": "fr"}
    return await browser.submit("/join", given | {"form_token": human_token(secrets, "join")} | fields)


async def press(browser: Browser, secrets: Secrets, path: str, **fields: Any) -> httpx.Response:
    """Press the one button of a confirmation page."""
    return await browser.submit(path, {"form_token": human_token(secrets, "confirm")} | fields)


async def joined(
    session: WriteSession,
    cast: Cast,
    email: str = "",
    *,
    channels: Sequence[Channel] = (Channel.EMAIL,),
    topics: Sequence[int] = (0,),
    town_id: int = 0,
    phone: str = "",
    **address: str,
) -> Resident:
    """Somebody who is on the list since now."""
    now = clock.now()
    resident = Resident(municipality_id=town_id or cast.town_id, created_at=now, last_contact_at=now, phone=phone)
    describe(resident, PostalAddress.model_validate(address))
    set_email(resident, email)
    refresh_keys(resident)
    session.add(resident)
    await session.flush()
    wants = [Want(topic_id=cast.topic_ids[topic], channel=channel) for topic in topics for channel in channels]
    await set_wants(session, resident, wants)
    record_consent(session, resident, ConsentAct.GIVEN, ConsentWay.WEB)
    await session.flush()
    return resident


async def resident_of(database: Database, email: str = JEANNE) -> Resident:
    async with database.reading() as session:
        return (await session.scalars(select(Resident).where(col(Resident.email) == email))).one()


async def count_rows(database: Database, table: Any) -> int:
    async with database.reading() as session:
        return len(list(await session.scalars(select(table))))


async def give_password(database: Database, name: str) -> str:
    """A password for one of the staff, to type where it is asked for again."""
    password = "un tambour bat la caisse"
    hashed = await passwords.hash_password(password)
    async with database.writing() as session:
        await session.execute(update(Account).where(col(Account.name) == name).values(password_hash=hashed))
    return password
