"""Certificates: asked for, issued under a number of the year from recorded rounds only, printed again as the same bytes."""

import asyncio

from sqlalchemy import func
from sqlmodel import col, select, update

from server.accounts.actors import Actor
from server.boards.kinds import CertificateKind
from server.boards.models import Certificate
from server.boards.proof import paper_of, prove
from server.boards.queries.proofs import get_certificate
from server.boards.schemas import CertificateWish
from server.core import clock
from server.core.database import Database, ReadSession, WriteSession
from server.core.errors import Conflict, Invalid, NotFound
from server.core.files import FileStore
from server.core.i18n import sentence
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality
from server.notices.models import Publication
from server.notices.queries import find_last_publication
from server.press.papers import CertificatePaper, print_certificate

_ON_BOARDS = {CertificateKind.DISPLAY, CertificateKind.URGENT}


async def ask_certificate(
    session: WriteSession, municipality_id: int, actor: Actor, notice_id: int, wish: CertificateWish
) -> Certificate:
    """A certificate waits for the mayor; it may be asked for before the last round that it needs. Raises Invalid."""
    if await find_last_publication(session, municipality_id, notice_id) is None:
        raise Conflict(sentence("Only what was published can be certified."), "not_published")
    if wish.kind in _ON_BOARDS and not wish.board_ids:
        raise Invalid({"board_ids": sentence("Choose at least one board.")})
    asked = Certificate(
        municipality_id=municipality_id,
        notice_id=notice_id,
        asked_by_id=actor.account_id,
        asked_at=clock.now(),
        **wish.model_dump() | {"board_ids": wish.board_ids if wish.kind in _ON_BOARDS else []},
    )
    session.add(asked)
    await session.flush()
    return asked


async def drop_certificate(session: WriteSession, municipality_id: int, certificate_id: int) -> None:
    """It is no longer asked for. Raises Conflict if it was issued."""
    asked = await get_certificate(session, municipality_id, certificate_id)
    dropped = await session.execute(
        update(Certificate)
        .where(col(Certificate.id) == asked.id, col(Certificate.number).is_(None))
        .values(dropped_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if dropped.rowcount != 1:  # type: ignore[attr-defined]  # a cursor result has it
        raise Conflict(_OVER, "issued")


async def draft_certificate(
    session: ReadSession, municipality_id: int, certificate_id: int, acts_url: str
) -> CertificatePaper:
    """What it would say if it were issued now. Raises Invalid where the records do not cover the days."""
    asked = await get_certificate(session, municipality_id, certificate_id)
    municipality = await get_municipality(session, municipality_id)
    _refuse_nameless(municipality)
    public = await _public(session, municipality_id, asked.notice_id)
    return paper_of(asked, await prove(session, municipality_id, asked), public, municipality, acts_url)


async def issue_certificate(
    database: Database, files: FileStore, municipality_id: int, actor: Actor, certificate_id: int, acts_url: str
) -> Certificate:
    """Number it, set it, keep its bytes. Raises Invalid, Conflict, PressError; a number once given stays its own."""
    async with database.writing() as session:
        await draft_certificate(session, municipality_id, certificate_id, acts_url)
        await _give_number(session, municipality_id, certificate_id)
    async with database.reading() as session:
        paper = await draft_certificate(session, municipality_id, certificate_id, acts_url)
    content = await print_certificate(paper)
    key = await asyncio.to_thread(files.put, municipality_id, content)
    async with database.writing() as session:
        issued = await session.execute(
            update(Certificate)
            .where(col(Certificate.id) == certificate_id, col(Certificate.issued_at).is_(None))
            .values(
                issued_by_id=actor.account_id,
                issued_at=clock.now(),
                file_key=key,
                facts={"body": paper.body, "rows": paper.rows, "done": paper.done},
            )
            .execution_options(synchronize_session=False)
        )
        if issued.rowcount != 1:  # type: ignore[attr-defined]  # a cursor result has it
            raise Conflict(_OVER, "issued")
        return await get_certificate(session, municipality_id, certificate_id)


async def _give_number(session: WriteSession, municipality_id: int, certificate_id: int) -> None:
    """The next of the year, without gaps; who issues at the same time waits here."""
    held = select(Municipality.id).where(col(Municipality.id) == municipality_id).with_for_update(key_share=True)
    await session.execute(held)
    asked = await get_certificate(session, municipality_id, certificate_id)
    if asked.issued_at or asked.dropped_at:
        raise Conflict(_OVER, "issued")
    if asked.number is None:
        year = clock.today().year
        given = select(func.count()).where(
            col(Certificate.municipality_id) == municipality_id, col(Certificate.number).like(f"{year}-%")
        )
        asked.number = f"{year}-{int(await session.scalar(given) or 0) + 1:03}"
        session.add(asked)


def _refuse_nameless(municipality: Municipality) -> None:
    if not municipality.mayor_name:
        raise Invalid(
            {"form": sentence("Write the mayor’s name in the settings first: it is what a certificate rests on.")}
        )


async def _public(session: ReadSession, municipality_id: int, notice_id: int) -> Publication:
    public = await find_last_publication(session, municipality_id, notice_id)
    if public is None:
        raise NotFound
    return public


_OVER = sentence("This certificate was issued or dropped meanwhile.")
