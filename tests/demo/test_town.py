"""The demonstration town, opened through the real use cases."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from server.boards.waiting import count_waiting
from server.core import clock
from server.core.database import Database, ReadSession
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.demo.people import RESIDENTS, town_data
from server.demo.town import open_demonstration
from server.issues.models import Issue, IssueState
from server.mailings.models import Delivery, DeliveryState
from server.mailings.queries import list_mailings
from server.municipalities.queries import list_municipalities
from server.notices.models import Notice, NoticeState
from server.notices.queries import agenda_between, count_by_state, current_notices
from server.residents.models import Channel, Resident
from server.residents.queries import reach
from server.urgent.models import MessageType, UrgentNotice
from server.urgent.queries import in_force
from server.web.pagination import Slice
from tests.databases import BARE, PostgresStates

URL = "http://localhost:8000"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def on_postgres(postgres_states: PostgresStates, tmp_path: Path) -> str:
    return postgres_states.url_of(BARE, tmp_path)


async def test_a_town_with_a_past(on_postgres: str, files: FileStore, secrets: Secrets) -> None:
    """On SQLite the first start makes it: test_first_start.py."""
    database = Database(on_postgres)
    with clock.frozen(NOON):
        links = await open_demonstration(database, secrets, files, URL)
        await it_has_a_past(database, links)
    await database.close()


async def it_has_a_past(database: Database, links: dict[str, str]) -> None:
    """Its notices, people, letters and alarms of a year."""
    assert len(links) == len(town_data()["staff"])
    assert all(link.startswith(f"{URL}/saint-aubin/desk/welcome/") for link in links.values())
    async with database.reading() as session:
        [town] = await list_municipalities(session)
        await _its_notices(session, town.id)
        await _its_people(session, town.id)
        await _its_letters(session)
        mailings = [line.mailing for line in (await list_mailings(session, town.id, Slice())).items]
        sent = [one.started_at for one in mailings if one.started_at]
        assert sent == sorted(sent, reverse=True), "told in the order in which it happened"
        assert len(sent) == len(mailings)
        await _its_alarms(session, town.id)
        assert (await count_waiting(session, town.id)).misfits <= 3, "boards that are run well"


async def _its_notices(session: ReadSession, town_id: int) -> None:
    states = await count_by_state(session, town_id)
    assert states[NoticeState.PUBLISHED] >= 12
    assert states[NoticeState.EXPIRED] >= 25
    assert {NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.APPROVED, NoticeState.WITHDRAWN} <= states.keys()
    assert (await current_notices(session, town_id))[0].is_urgent
    assert await agenda_between(session, town_id, clock.today(), clock.today().replace(month=12))
    first = await session.scalar(select(func.min(Notice.created_at)))
    assert first is not None
    assert (NOON - first).days > 300


async def _its_people(session: ReadSession, town_id: int) -> None:
    found = await reach(session, town_id)
    assert found.people == RESIDENTS
    assert found.by_channel[Channel.EMAIL] == RESIDENTS * 2 // 3
    addresses = (await session.scalars(select(Resident.email).where(col(Resident.email).is_not(None)))).all()
    assert all(address and address.endswith(".example") for address in addresses), "nobody real is ever written to"


async def _its_letters(session: ReadSession) -> None:
    states = Counter(await session.scalars(select(Issue.state)))
    assert states[IssueState.SENT] == 3
    assert states[IssueState.DRAFT] == 1
    # Past letters arrived long ago: starting the workers must send nothing.
    assert set(await session.scalars(select(Delivery.state))) == {DeliveryState.ACCEPTED}


async def _its_alarms(session: ReadSession, town_id: int) -> None:
    messages = list(await session.scalars(select(UrgentNotice).order_by(col(UrgentNotice.id))))
    assert [one.message_type for one in messages if not one.is_exercise] == list(MessageType)
    assert [one.is_exercise for one in messages] == [False, False, False, True]
    assert await in_force(session, town_id) == [], "no banner over a town where nothing happens"
