"""Electronic publication of acts: a document that no longer changes, since a moment; on paper at the town hall, and copies."""

import asyncio
import logging
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, update

from server.accounts.actors import Actor
from server.boards.models import ActOnline, ActOnPaper, PaperCopy
from server.boards.queries.proofs import list_acts_due, papers_of_notice
from server.boards.schemas import PaperCopyDraft
from server.content.printing import to_print
from server.core import clock
from server.core.clock import PARIS
from server.core.database import Database, WriteSession
from server.core.errors import Conflict, Invalid
from server.core.files import FileStore
from server.core.i18n import sentence, speaking
from server.core.templating import format_day
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality
from server.notices.content import document_of, title_of
from server.notices.models import Publication, PublicationEnd
from server.notices.pictures import on_paper, paper_pictures
from server.notices.queries import get_notice
from server.notices.schemas import NoticeContent
from server.press.errors import PressError
from server.press.papers import ActPaper, print_act

log = logging.getLogger(__name__)


async def put_acts_online(database: Database, files: FileStore) -> None:
    """Every act that residents read becomes a document of its own; what was withdrawn is taken off."""
    async with database.reading() as session:
        due = await list_acts_due(session)
    for publication in due:
        try:
            await _put_online(database, files, publication)
        except PressError as problem:  # one act that cannot be set keeps no other from being published
            log.warning("an act cannot be set", extra={"publication": publication.id, "code": problem.code})
    async with database.writing() as session:
        await _take_off(session)


async def _put_online(database: Database, files: FileStore, publication: Publication) -> None:
    now = clock.now()
    content = NoticeContent.thawed(publication.content)
    async with database.reading() as session:
        municipality = await get_municipality(session, publication.municipality_id)
        pictures = await paper_pictures(session, files, publication.municipality_id, content)
    paper = _paper(publication, content, municipality, now, set(pictures))
    pdf = await print_act(paper, pictures)
    key = await asyncio.to_thread(files.put, publication.municipality_id, pdf)
    act = ActOnline(
        municipality_id=publication.municipality_id,
        publication_id=publication.id,
        notice_id=publication.notice_id,
        number=publication.number,
        title=publication.title,
        author_name=content.author_name,
        author_title=content.author_title,
        file_key=key,
        bytes=len(pdf),
        posted_at=now,
    )
    try:
        async with database.writing() as session:
            session.add(act)
    except IntegrityError:
        return  # another clock was faster


def _paper(
    publication: Publication, content: NoticeContent, municipality: Municipality, now: datetime, pictures: set[str]
) -> ActPaper:
    with speaking(content.language):
        signer = ", ".join(word for word in (content.author_name, content.author_title) if word)
        posted = str(sentence("{day}, by {town}", day=format_day(now), town=municipality.name))
        return ActPaper(
            town=municipality.name,
            address=", ".join(municipality.address.splitlines()),
            title=title_of(content),
            number=str(sentence("Act no. {number}", number=publication.number)),
            facts=(
                (str(sentence("Number")), publication.number),
                (str(sentence("Author")), signer),
                (str(sentence("Posted online")), posted),
            ),
            blocks=tuple(to_print(document_of(content), picture=on_paper(dict.fromkeys(pictures, b"")))),
            signer=signer,
            day=now.astimezone(PARIS).timetuple()[:3],
            language=content.language,
        )


async def _take_off(session: WriteSession) -> None:
    """What was withdrawn, or replaced by a later text, is no longer the act."""
    over = (PublicationEnd.WITHDRAWN, PublicationEnd.REPLACED)
    ended = (
        update(ActOnline)
        .where(
            col(ActOnline.ended_at).is_(None),
            col(ActOnline.publication_id) == col(Publication.id),
            col(Publication.ended_as).in_(over),
        )
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    await session.execute(ended)


async def lay_out(session: WriteSession, municipality_id: int, actor: Actor, notice_id: int, laid_on: date) -> None:
    """The act lies on paper at the town hall since a day. Raises Invalid if it is still to come, Conflict if it does already."""
    await get_notice(session, municipality_id, notice_id)
    if laid_on > clock.today():
        raise Invalid({"laid_on": sentence("This day is still to come.")})
    if any(one.taken_on is None for one in await papers_of_notice(session, municipality_id, notice_id)):
        raise Conflict(sentence("It is laid out already."), "laid_out")
    session.add(
        ActOnPaper(
            municipality_id=municipality_id,
            notice_id=notice_id,
            laid_on=laid_on,
            keyed_by_id=actor.account_id,
            keyed_at=clock.now(),
        )
    )


async def put_away(session: WriteSession, municipality_id: int, notice_id: int) -> None:
    """The act no longer lies at the town hall from tomorrow on."""
    await get_notice(session, municipality_id, notice_id)
    await session.execute(
        update(ActOnPaper)
        .where(
            col(ActOnPaper.municipality_id) == municipality_id,
            col(ActOnPaper.notice_id) == notice_id,
            col(ActOnPaper.taken_on).is_(None),
        )
        .values(taken_on=clock.today())
        .execution_options(synchronize_session=False)
    )


async def note_copy(
    session: WriteSession, municipality_id: int, actor: Actor, notice_id: int, draft: PaperCopyDraft
) -> None:
    """Somebody asked for a copy on paper. Raises Invalid."""
    await get_notice(session, municipality_id, notice_id)
    if draft.asked_on > clock.today():
        raise Invalid({"asked_on": sentence("This day is still to come.")})
    if draft.handed_on and draft.handed_on < draft.asked_on:
        raise Invalid({"handed_on": sentence("This day comes before the first one.")})
    session.add(
        PaperCopy(
            municipality_id=municipality_id,
            notice_id=notice_id,
            keyed_by_id=actor.account_id,
            keyed_at=clock.now(),
            **draft.model_dump(),
        )
    )
