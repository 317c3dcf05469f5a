"""Certificates say what the register proves and nothing else; acts online do not change; copies are logged."""

import io
from datetime import date, timedelta

import pikepdf
import pytest
from sqlmodel import select

from server.boards import service
from server.boards.kinds import CertificateKind
from server.boards.models import ActOnline, Certificate
from server.boards.proof import of_town
from server.boards.queries.proofs import get_certificate, list_copies
from server.boards.schemas import CertificateWish, PaperCopyDraft, Said
from server.core import clock
from server.core.database import Database
from server.core.errors import Conflict, Invalid
from server.core.files import FileStore
from server.notices.models import NoticeKind
from server.notices.service import withdraw_notice
from tests.boards.hanging import board, hang, key_in, make_round, notice, publish_again
from tests.boards.test_rounds import MONDAY, WEEK, at
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.press.reading import said_on

pytestmark = pytest.mark.usefixtures("monday")
URL = "https://tambour.test/saint-aubin/acts"


async def _asked(database: Database, cast: Cast, kind: CertificateKind, first: date, last: date) -> Certificate:
    """An act that hung for four weeks, lost in the second and put up again in the third."""
    async with database.writing() as session:
        where = await board(session, cast, location="à gauche de la porte")
        act = await notice(
            session,
            cast,
            "Arrêté de voirie",
            kind=NoticeKind.OFFICIAL_ACT,
            author_name="Camille Morel",
            author_title="maire",
        )
        await hang(session, cast, act, where, MONDAY, MONDAY + 9 * WEEK, is_required=True)
        for week, lines in enumerate(({}, {1: "missing"}, {}, {}, {})):
            with clock.frozen(at(MONDAY + week * WEEK)):
                await key_in(session, cast, await make_round(session, cast), lines=lines)
        wish = CertificateWish(kind=kind, board_ids=[where.id], first_on=first, last_on=last)
        return await service.ask_certificate(session, cast.town_id, cast.actor("Paul"), act.id, wish)


async def test_gaps_are_printed_and_a_reprint_is_the_same_bytes(
    database: Database, files: FileStore, cast: Cast, browser_of: BrowserOf
) -> None:
    asked = await _asked(database, cast, CertificateKind.DISPLAY, MONDAY, MONDAY + 4 * WEEK)
    paula = cast.actor("Paula")
    with clock.frozen(at(MONDAY + 5 * WEEK)):
        issued = await service.issue_certificate(database, files, cast.town_id, paula, asked.id, URL)
        assert issued.number == "2026-001"
        body = str(issued.facts["body"])
        assert "du 23 novembre 2026 au 21 décembre 2026 inclus, soit 16 jours" in body
        assert "sans interruption, sauf : Mairie, du 24 novembre 2026 au 6 décembre 2026" in body
        with pytest.raises(Conflict):
            await service.issue_certificate(database, files, cast.town_id, paula, asked.id, URL)
    first, again = [
        (await (await browser_of(name)).get(f"/desk/boards/certificates/{asked.id}/paper.pdf")).content
        for name in ("Paula", "Paul")
    ]
    assert first == again == files.get(cast.town_id, issued.file_key)
    with pikepdf.open(io.BytesIO(first)) as pdf, pdf.open_metadata() as told:
        assert told.pdfa_status == "2A"
        assert told["pdfuaid:part"] == "1"


async def test_an_urgent_display_is_certified_to_the_hour(database: Database, files: FileStore, cast: Cast) -> None:
    """Put up outside the rounds, by somebody who noted the hour."""
    with clock.frozen(at(MONDAY)):
        async with database.writing() as session:
            where = await board(session, cast)
            act = await notice(
                session,
                cast,
                "Interdiction de baignade",
                kind=NoticeKind.OFFICIAL_ACT,
                author_name="C. Morel",
                author_title="maire",
            )
            posting = await hang(session, cast, act, where, MONDAY, MONDAY + WEEK)
            said = Said.model_validate({"kind": "posted", "on": MONDAY, "time": "11:40", "said_by": "P. D."})
            await service.note_what_was_seen(session, cast.town_id, cast.actor("Paul"), posting.id, said)
            wish = CertificateWish(kind=CertificateKind.URGENT, board_ids=[where.id], first_on=MONDAY, last_on=MONDAY)
            asked = await service.ask_certificate(session, cast.town_id, cast.actor("Paul"), act.id, wish)
        issued = await service.issue_certificate(database, files, cast.town_id, cast.actor("Paula"), asked.id, URL)
    body = str(issued.facts["body"])
    assert "23 novembre 2026" in body
    assert "11\u00a0h\u00a040 (Mairie)" in body
    assert said_on(files.get(cast.town_id, issued.file_key)).count("Interdiction de baignade") == 1


async def test_a_certificate_says_when_a_changed_text_took_the_place_of_another(database: Database, cast: Cast) -> None:
    bodies = []
    async with database.writing() as session:
        where, what = await board(session, cast), await notice(session, cast)
        await hang(session, cast, what, where, MONDAY, MONDAY + 4 * WEEK)
        await key_in(session, cast, await make_round(session, cast))
        await publish_again(session, cast, what, body="Mercredi, et non mardi.")
        for week in (1, 2):
            with clock.frozen(at(MONDAY + week * WEEK)):
                await key_in(session, cast, await make_round(session, cast))
        with clock.frozen(at(MONDAY + 2 * WEEK)):
            for first in (MONDAY, MONDAY + 2 * WEEK):
                wish = CertificateWish(
                    kind=CertificateKind.DISPLAY, board_ids=[where.id], first_on=first, last_on=MONDAY + 2 * WEEK
                )
                asked = await service.ask_certificate(session, cast.town_id, cast.actor("Paul"), what.id, wish)
                bodies.append((await service.draft_certificate(session, cast.town_id, asked.id, URL)).body)
    assert ["remplacée le 30 novembre 2026" in body for body in bodies] == [True, False]


async def test_what_no_round_covers_is_not_certified(database: Database, files: FileStore, cast: Cast) -> None:
    asked = await _asked(database, cast, CertificateKind.DISPLAY, MONDAY, MONDAY + 5 * WEEK)
    before = Certificate(
        **asked.model_dump(exclude={"id", "first_on", "last_on"}), first_on=MONDAY - WEEK, last_on=MONDAY
    )
    for now, field in ((MONDAY + 4 * WEEK, "last_on"), (MONDAY + 6 * WEEK, "last_on")):
        with clock.frozen(at(now)), pytest.raises(Invalid) as refused:
            await service.issue_certificate(database, files, cast.town_id, cast.actor("Paula"), asked.id, URL)
        assert list(refused.value.fields) == [field]
    async with database.writing() as session:
        session.add(before)
        await session.flush()
        with pytest.raises(Invalid) as refused:
            await service.draft_certificate(session, cast.town_id, before.id, URL)
        assert list(refused.value.fields) == ["first_on"]
        assert (await get_certificate(session, cast.town_id, asked.id)).number is None, "no number is wasted"
        await service.drop_certificate(session, cast.town_id, asked.id)


async def test_an_act_goes_online_for_good(
    database: Database, files: FileStore, cast: Cast, client: Browser, browser_of: BrowserOf
) -> None:
    async with database.writing() as session:
        act = await notice(
            session, cast, "Arrêté", kind=NoticeKind.OFFICIAL_ACT, author_name="C. Morel", author_title="maire"
        )
    await service.put_acts_online(database, files)
    await service.put_acts_online(database, files)
    async with database.reading() as session:
        (online,) = list(await session.scalars(select(ActOnline)))
    listed = await client.get("/acts")
    assert "C. Morel, maire" in listed.text
    first = await client.get(f"/acts/{act.number}.pdf")
    assert (first.status_code, first.content) == (200, files.get(cast.town_id, online.file_key))
    denise = await browser_of("Denise")
    copy = {"asked_on": "23/11/2026", "handed_on": "22/11/2026", "remark": "au guichet"}
    assert (await denise.submit(f"/desk/boards/acts/{act.id}/copies", copy)).status_code == 422
    assert (await denise.submit(f"/desk/boards/acts/{act.id}/copies", copy | {"handed_on": ""})).status_code == 303
    async with database.writing() as session:
        assert [one.remark for one in await list_copies(session, cast.town_id, act.id)] == ["au guichet"]
        await withdraw_notice(session, cast.town_id, cast.actor("Paula"), act.id)
    await service.put_acts_online(database, files)
    assert (await client.get(f"/acts/{act.number}.pdf")).status_code == 404


async def test_online_and_on_paper_are_certified_from_their_own_records(
    database: Database, files: FileStore, cast: Cast
) -> None:
    async with database.writing() as session:
        act = await notice(
            session, cast, "Arrêté", kind=NoticeKind.OFFICIAL_ACT, author_name="C. Morel", author_title="maire"
        )
        await service.lay_out(session, cast.town_id, cast.actor("Denise"), act.id, MONDAY)
        with pytest.raises(Conflict):
            await service.lay_out(session, cast.town_id, cast.actor("Denise"), act.id, MONDAY)
    await service.put_acts_online(database, files)
    said = {}
    with clock.frozen(at(MONDAY + 9 * WEEK)):
        for kind in (CertificateKind.ONLINE, CertificateKind.PAPER):
            for first in (MONDAY, MONDAY - timedelta(days=1)):
                wish = CertificateWish(kind=kind, first_on=first, last_on=MONDAY + 8 * WEEK)
                async with database.writing() as session:
                    asked = await service.ask_certificate(session, cast.town_id, cast.actor("Paul"), act.id, wish)
                    if first < MONDAY:
                        with pytest.raises(Invalid):
                            await service.draft_certificate(session, cast.town_id, asked.id, URL)
                    else:
                        said[kind] = (await service.draft_certificate(session, cast.town_id, asked.id, URL)).body
    assert f"à l’adresse {URL}, le 23 novembre 2026" in said[CertificateKind.ONLINE]
    assert "sur papier, en mairie" in said[CertificateKind.PAPER]
    assert all("soit 57 jours" in body for body in said.values())


def test_a_town_is_named_as_people_say_it() -> None:
    said = {
        "Blois": "de Blois",
        "Orléans": "d’Orléans",
        "Le Mans": "du Mans",
        "Les Ormes": "des Ormes",
        "La Riche": "de La Riche",
    }
    assert {name: of_town(name) for name in said} == said


def test_a_copy_needs_no_name() -> None:
    assert "name" not in PaperCopyDraft.model_fields
