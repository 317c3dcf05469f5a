"""What a town leaves with that people can read without any program of ours: its mails as EML, its papers as PDF."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

from sqlmodel import col, select

from server.boards.kinds import SheetFormat
from server.boards.models import ActOnline, Certificate
from server.boards.posters import choose_poster
from server.core.database import Database, ReadSession
from server.core.files import FileStore
from server.issues.models import Issue, IssueState
from server.issues.paper import paper_issue
from server.mailings.models import Mailing, MailingMessage
from server.mailings.queries import LISTED
from server.mailings.splice import HOLE_WIDTH, ComposedMessage, Filling, splice
from server.notices.everywhere import SHELF
from server.notices.models import Publication
from server.press.bulletin import BulletinLook, print_bulletin
from server.press.errors import PressError

log = logging.getLogger(__name__)

_NOBODY = Filling(b"lecteur@example.invalid", *(b"0" * HOLE_WIDTH,) * 3)
"""A copy for nobody: its links lead nowhere."""


async def write_readable(database: Database, files: FileStore, municipality_id: int, folder: Path) -> int:
    """`mail/` and `paper/` in `folder`; how many files. What the press refuses is named in the log, and left out."""
    count = 0
    async with database.reading() as session:
        for made in (_mails(session, municipality_id), _papers(session, files, municipality_id)):
            async for name, content in made:
                await asyncio.to_thread(_write, folder / name, content)
                count += 1
    return count


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


async def _mails(session: ReadSession, municipality_id: int) -> AsyncIterator[tuple[str, bytes]]:
    """Every letter and notice that was mailed, once for each language and edition."""
    query = (
        select(MailingMessage)
        .join(Mailing, col(Mailing.id) == col(MailingMessage.mailing_id))
        .where(col(Mailing.municipality_id) == municipality_id, col(Mailing.kind).in_(LISTED))
    )
    for one in await session.scalars(query.order_by(col(MailingMessage.id))):
        if one.body:
            name = f"mail/{one.mailing_id}-{one.language}-{one.edition}.eml"
            yield name, splice(ComposedMessage.unpack(one.body), _NOBODY)


async def _papers(session: ReadSession, files: FileStore, municipality_id: int) -> AsyncIterator[tuple[str, bytes]]:
    """Acts and certificates as they were issued; the bulletin of each letter, the poster of each notice that was public."""
    for act in await session.scalars(select(ActOnline).where(col(ActOnline.municipality_id) == municipality_id)):
        yield f"paper/acte-{act.number}-{act.id}.pdf", await asyncio.to_thread(files.get, municipality_id, act.file_key)
    for one in await session.scalars(select(Certificate).where(col(Certificate.municipality_id) == municipality_id)):
        if one.file_key:
            pdf = await asyncio.to_thread(files.get, municipality_id, one.file_key)
            yield f"paper/certificat-{one.number}.pdf", pdf
    sent = (col(Issue.municipality_id) == municipality_id, col(Issue.state) == IssueState.SENT)
    for issue in await session.scalars(select(Issue).where(*sent).order_by(col(Issue.id))):
        try:
            paper = await paper_issue(session, files, issue)
            yield f"paper/lettre-{issue.number}.pdf", (await print_bulletin(paper, BulletinLook())).pdf
        except PressError as refusal:
            log.warning("a letter cannot be printed", extra={"issue": issue.id, "code": refusal.code})
    public = select(col(Publication.notice_id)).where(col(Publication.municipality_id) == municipality_id).distinct()
    for notice_id in await session.scalars(public.order_by(col(Publication.notice_id))):
        try:
            choice = await choose_poster(session, files, municipality_id, notice_id, SheetFormat.A4)
            yield f"paper/affiche-{choice.poster.number}.pdf", await SHELF.pdf(choice.poster)
        except PressError as refusal:
            log.warning("a poster cannot be printed", extra={"notice": notice_id, "code": refusal.code})
