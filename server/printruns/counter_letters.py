"""A letter for whoever stands at the counter or calls: an issue in the print they read, or what they said in writing."""

from collections.abc import AsyncIterator
from dataclasses import replace

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.accounts.models import Role
from server.content.markdown import parse
from server.content.printing import to_print
from server.content.typography import set_typography
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict
from server.core.files import FileStore
from server.core.i18n import sentence, speaking
from server.core.templating import format_day
from server.issues.paper import paper_issue
from server.issues.queries import get_issue
from server.municipalities.paper import issuer_of, logo_of, style_of
from server.municipalities.queries import get_municipality
from server.press.issue import Article, PaperIssue
from server.press.letters import Letter, print_letter
from server.printruns.audience import block_of, refuse_unprintable
from server.printruns.letters import get_ready
from server.printruns.schemas import CounterLetter
from server.prints.models import PrintJob
from server.prints.products import Made, Order, product
from server.prints.service import ask_print
from server.residents.models import Edition, Resident
from server.residents.queries import current_wants, get_resident, list_all_topics
from server.residents.retention import list_silent
from server.residents.words import CHANNELS

ONE_LETTER = product("counter_letter", sentence("Letter for one person"), Role.COUNTER, names_people=True)
COUPONS = product(
    "still_wanted", sentence("Do you still want it? Letters with a coupon"), Role.COUNTER, names_people=True
)
PRINTED = action("resident.letter", sentence("Printed a letter for somebody"))
_TITLE = sentence("What you receive from {town}")
_LEFT = sentence(
    "You asked us to stop writing to you. Since {day} nothing more is sent or brought to you, by any channel."
)
_STAYS = sentence("This is what is written down for you since {day}:")
_CHANGE = sentence("You may change or stop this at any time: a word at the counter, a call or a letter is enough.")
_PHONE = sentence("Telephone: {phone}.")


async def ask_letter(
    session: WriteSession, municipality_id: int, actor: Actor, resident_id: int, draft: CounterLetter
) -> PrintJob:
    """A letter with their address. Raises NotFound, Invalid for an address that no envelope takes, Conflict."""
    resident = await get_resident(session, municipality_id, resident_id)
    refuse_unprintable(resident)
    issue = await get_ready(session, municipality_id, draft.issue_id) if draft.issue_id else None
    parameters = {"resident_id": resident.id, **draft.model_dump()}
    title = issue.title if issue else str(sentence("Written confirmation"))
    await record(session, municipality_id, actor.account_id, PRINTED, "resident", resident.id)
    return await ask_print(session, municipality_id, actor, ONE_LETTER, parameters, title=title, origin="counter")


async def make_letter(order: Order) -> AsyncIterator[Made]:
    """One PDF, made to be read as well."""
    asked = CounterLetter.model_validate(order.parameters)
    async with order.database.reading() as session:
        resident = await get_resident(session, order.municipality_id, order.parameters["resident_id"])
        if asked.issue_id:
            issue = await get_issue(session, order.municipality_id, asked.issue_id)
            paper = await paper_issue(session, order.files, issue, asked.edition)
        else:
            paper = await confirmation(session, order.files, resident)
    letter = Letter(paper, large=asked.edition is not Edition.STANDARD)
    pdf, fit = await print_letter(letter, block_of(resident).lines)
    yield Made(f"{order.parameters['resident_id']}.pdf", pdf, fit.pages)


async def ask_coupons(session: WriteSession, municipality_id: int, actor: Actor) -> PrintJob:
    """A letter with a coupon for each of whom nothing was heard for long. Raises Conflict without anybody."""
    if not await list_silent(session, municipality_id, limit=1):
        raise Conflict(sentence("There is nobody to ask on paper."), "nobody_silent")
    return await ask_print(session, municipality_id, actor, COUPONS, {}, origin="silent")


async def make_coupons(order: Order) -> AsyncIterator[Made]:
    """What each of them receives, and the coupon to send back."""
    async with order.database.reading() as session:
        silent = await list_silent(session, order.municipality_id)
        asked = [(one, await confirmation(session, order.files, one)) for one in silent if block_of(one).is_printable]
    for done, (one, paper) in enumerate(asked, 1):
        letter = Letter(paper, large=one.edition is not Edition.STANDARD)
        pdf, fit = await print_letter(letter, block_of(one).lines)
        yield Made(f"{one.id}.pdf", pdf, fit.pages)
        await order.progress(done, len(asked))


async def confirmation(session: ReadSession, files: FileStore, resident: Resident) -> PaperIssue:
    """What somebody receives and how, or that they receive nothing more: in writing, for who wants it so."""
    town = await get_municipality(session, resident.municipality_id)
    with speaking(resident.language):
        words = "\n\n".join(await _said(session, resident, town.phone))
        made = PaperIssue(
            title=str(sentence(_TITLE.msgid, town=town.name)),
            issuer=issuer_of(town),
            date=format_day(clock.today()),
            editorial=Article("", blocks=tuple(to_print(set_typography(parse(words), resident.language)))),
            language=resident.language,
            style=style_of(town),
        )
    return replace(made, issuer=replace(made.issuer, logo=await logo_of(files, town)))


async def _said(session: ReadSession, resident: Resident, phone: str) -> list[str]:
    said = [resident.name]
    if resident.left_at:
        said.append(str(sentence(_LEFT.msgid, day=format_day(resident.left_at))))
    else:
        topics = {topic.id: topic.name for topic in await list_all_topics(session, resident.municipality_id)}
        wants = (await current_wants(session, resident.municipality_id, [resident.id])).get(resident.id, [])
        said.append(str(sentence(_STAYS.msgid, day=format_day(resident.last_contact_at))))
        said.append("\n".join(f"- {topics[one.topic_id]}, {CHANNELS[one.channel]}" for one in wants))
        said.append(str(_CHANGE))
    if phone:
        said.append(str(sentence(_PHONE.msgid, phone=phone)))
    return [words for words in said if words]
