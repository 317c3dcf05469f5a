"""Forms printed to be filled in by hand: each has a number of its own, and what it says is kept word for word."""

from collections.abc import AsyncIterator

from sqlalchemy import func
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import NotFound
from server.core.files import FileStore
from server.core.i18n import sentence, speaking, translate
from server.municipalities.models import Municipality
from server.municipalities.paper import address_of, hours_of, logo_of, style_of
from server.municipalities.queries import get_municipality
from server.press.form import FormFormat, PaperForm, print_forms
from server.prints.models import PrintJob
from server.prints.products import Made, Order, product
from server.prints.service import ask_print
from server.residents import queries
from server.residents.consent import CALLS, VERSION, consent_words
from server.residents.form_models import FormSeries
from server.residents.schemas import SeriesDraft

FORMS = product("paper_forms", sentence("Forms to receive the letter"), Role.COUNTER)
_SIGNED = sentence("I ask to receive what I ticked. I have read what is done with what I write here.")
_SERIES = sentence("Forms {first} to {last}")
_CONTACT = sentence("Who answers for it: {contact}.")
_AT_ONCE = 50


async def print_series(session: WriteSession, municipality_id: int, actor: Actor, draft: SeriesDraft) -> PrintJob:
    """So many forms with the next numbers of the town, and the job that prints them."""
    # Two who print at once wait for each other: by this lock on PostgreSQL, by the writing transaction on SQLite.
    town = col(Municipality.id) == municipality_id
    await session.execute(select(Municipality.id).where(town).with_for_update(key_share=True))
    last = await session.scalar(
        select(func.max(FormSeries.last)).where(col(FormSeries.municipality_id) == municipality_id)
    )
    municipality = await get_municipality(session, municipality_id)
    series = FormSeries(
        municipality_id=municipality_id,
        first=(last or 0) + 1,
        last=(last or 0) + draft.count,
        format=draft.format,
        text_version=VERSION,
        text=_legal(municipality),
        printed_by_id=actor.account_id,
        printed_at=clock.now(),
    )
    session.add(series)
    await session.flush()
    title = sentence(_SERIES.msgid, first=form_number(series.first), last=form_number(series.last))
    parameters = {"series_id": series.id}
    return await ask_print(session, municipality_id, actor, FORMS, parameters, title=str(title))


async def list_series(session: ReadSession, municipality_id: int, limit: int = 20) -> list[FormSeries]:
    """The last ones printed."""
    query = select(FormSeries).where(col(FormSeries.municipality_id) == municipality_id)
    return list(await session.scalars(query.order_by(col(FormSeries.id).desc()).limit(limit)))


async def make_forms(order: Order) -> AsyncIterator[Made]:
    """The sheets of a series, some at a time."""
    async with order.database.reading() as session:
        query = select(FormSeries).where(
            col(FormSeries.municipality_id) == order.municipality_id,
            col(FormSeries.id) == order.parameters["series_id"],
        )
        series = (await session.scalars(query)).one_or_none()
        if series is None:
            raise NotFound
        size: FormFormat = "a5" if series.format == "a5" else "a4"
        form = await form_of(session, order.files, order.municipality_id, size, text=series.text)
    numbers = [form_number(number) for number in range(series.first, series.last + 1)]
    for at in range(0, len(numbers), _AT_ONCE):
        some = numbers[at : at + _AT_ONCE]
        await order.progress(at, len(numbers))
        yield Made(f"{some[0]}-{some[-1]}.pdf", await print_forms(form, some), len(some))
    await order.progress(len(numbers), len(numbers))


async def form_of(
    session: ReadSession, files: FileStore, municipality_id: int, size: FormFormat, *, text: str = ""
) -> PaperForm:
    """The town's form as it is printed today; `text`: what an earlier series says of the data."""
    municipality = await get_municipality(session, municipality_id)
    language = municipality.languages[0]
    return PaperForm(
        municipality.name,
        address_of(municipality),
        municipality.phone,
        hours_of(municipality, 4),
        tuple(topic.name for topic in await queries.list_topics(session, municipality_id)),
        translate(_SIGNED, language),
        text or _legal(municipality),
        translate(CALLS, language),
        await logo_of(files, municipality),
        language,
        size,
        style_of(municipality),
    )


def form_number(number: int) -> str:
    """What is printed and keyed: F-0041."""
    return f"F-{number:04}"


def _legal(municipality: Municipality) -> str:
    """The words people say yes to, and whom to ask about them, in the town's language."""
    with speaking(municipality.languages[0]):
        words = str(consent_words(municipality.name))
        contact = municipality.dpo_contact
        return f"{words} {sentence(_CONTACT.msgid, contact=contact)}" if contact else words
