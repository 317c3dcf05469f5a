"""The demonstration's residents join, each on their day: by the form on the web, by coupon, at the counter, by telephone."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlmodel import col, select

from server.core import clock
from server.core.clock import PARIS
from server.core.database import WriteSession
from server.demo.old_list import as_list
from server.demo.people import Person, town_data
from server.demo.stage import Stage
from server.municipalities.queries import get_municipality
from server.residents.forms import key_form, list_batches, open_batch
from server.residents.importing import import_residents
from server.residents.joining import confirm_request, request_to_join
from server.residents.mails import Post
from server.residents.models import Channel, ConsentWay, JoinRequest
from server.residents.register import add_resident
from server.residents.schemas import BatchDraft, EmailWish, FormEntry, ResidentDraft, Want


async def fill_register(stage: Stage, today: date, everybody: Sequence[Person]) -> None:
    """First those of the old list, then one by one those who joined since; all in one transaction."""
    old = [person for person in everybody if person.way is ConsentWay.IMPORT]
    async with stage.database.writing() as session:
        if old:
            await _bring_old_list(session, stage, today, old)
        post = Post(await get_municipality(session, stage.town_id), stage.secrets, stage.url)
        for number, person in enumerate(everybody):
            day = today - timedelta(days=person.joined_before)
            with clock.frozen(datetime.combine(day, time(9 + number % 8, number % 60), PARIS)):
                if person.way is not ConsentWay.IMPORT:
                    await _join(session, stage, post, person, number)


async def _bring_old_list(session: WriteSession, stage: Stage, today: date, old: Sequence[Person]) -> None:
    day = today - timedelta(days=old[0].joined_before)
    with clock.frozen(datetime.combine(day, time(9), PARIS)):
        report = await import_residents(
            session,
            stage.secrets,
            stage.town_id,
            stage.administrator,
            as_list(old),
            declared_origin="Ancienne liste de la mairie, coupons signés depuis 2019",
            filename="liste-mairie.csv",
        )
    assert not report.bad, report.bad


async def _join(session: WriteSession, stage: Stage, post: Post, person: Person, number: int) -> None:
    if person.way is ConsentWay.WEB:
        await _join_on_the_web(session, stage, post, person, number)
        return
    topics = [stage.topics[slug] for slug in person.topics]
    town = town_data()["identity"]
    is_on_paper = person.channel is not Channel.EMAIL
    draft = ResidentDraft(
        name=person.name,
        address_street=f"{person.number} {person.street}" if is_on_paper else "",
        postcode=town["postcode"] if is_on_paper else "",
        post_town=town["post_town"] if is_on_paper else "",
        email=person.email or "",
        phone=person.phone,
        may_be_called=bool(person.phone) and person.way in {ConsentWay.COUNTER, ConsentWay.TELEPHONE},
        edition=person.edition,
        place_ids=[stage.places[person.sector]],
        wants=[Want(topic_id=topic_id, channel=person.channel) for topic_id in topics],
        way=person.way,
    )
    if person.way is ConsentWay.PAPER:
        await _key(session, stage, post, draft)
    else:
        await add_resident(session, post, stage.counter, draft)


async def _key(session: WriteSession, stage: Stage, post: Post, draft: ResidentDraft) -> None:
    """The next sheet of the town's only box."""
    boxes = await list_batches(session, stage.town_id)
    if not boxes:
        box = BatchDraft(box="Bulletins d’inscription, boîte 1")
        await open_batch(session, stage.town_id, stage.counter, box)
        boxes = await list_batches(session, stage.town_id)
    said = {"form_number": f"C-{boxes[0].total + 1:03}", "said_on": clock.today(), "is_signed": True}
    sheet = FormEntry.model_validate({**draft.model_dump(), **said})
    await key_form(session, post, stage.counter, boxes[0].batch.id, sheet)


async def _join_on_the_web(session: WriteSession, stage: Stage, post: Post, person: Person, number: int) -> None:
    """Two steps, as for anybody: the form, then the yes of whoever owns the address."""
    assert person.email is not None
    wish = EmailWish(
        email=person.email,
        topic_ids=[stage.topics[slug] for slug in person.topics],
        place_ids=[stage.places[person.sector]],
    )
    await request_to_join(session, post, wish, f"192.0.2.{number % 250}")
    asked = select(JoinRequest.id).where(col(JoinRequest.email) == person.email)
    request_id = (await session.scalars(asked)).one()
    with clock.frozen(clock.now() + timedelta(minutes=4)):
        await confirm_request(session, post, request_id)
