"""Lists in quarantine: read by the clock, confirmed with their origin, written at one stroke, undone within a week (F30)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from server.core import clock
from server.core.database import Database
from server.core.errors import Conflict
from server.core.secrets import Secrets
from server.mailings.models import Delivery, Suppression, SuppressionReason
from server.mailings.queries import is_suppressed
from server.residents import import_work, queries
from server.residents.erasure import erase_resident
from server.residents.import_models import ImportRow, ImportState, ListFile, ListImport, Outcome
from server.residents.import_work import advance_imports
from server.residents.importing import bring_list, confirm_import, forget_imports, undo_import
from server.residents.lists.finding import Sought
from server.residents.models import Consent, ConsentWay, Resident, Subscription
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.residents.test_lists import zipped
from tests.residents.visiting import JEANNE, count_rows, joined

PAGE = "/desk/residents/import"
ORIGIN = "coupons of the bulletin of March 2026"
HEAD = b"Email Address,First Name,Last Name,Adresse\n"
MAILCHIMP = zipped(
    {
        "subscribed_a.csv": HEAD
        + b"new@x.fr,Ann,Petit,\njeanne.dupont@orange.example,Jeanne,Dupont,\nNEW@x.fr,Ann,P,\n@x.fr,,,\n",
        "unsubscribed_a.csv": HEAD + b"gone@x.fr,,,\n",
        "cleaned_a.csv": HEAD + b"dead@x.fr,,,\n",
    }
)


async def _bring(denise: Browser, content: bytes, name: str = "list.csv") -> str:
    answer = await denise.submit(PAGE, {}, files={"file": (name, content)})
    found = re.search(r"/desk/residents/import/\d+", answer.headers["location"])
    assert found
    return found[0]


async def _only(database: Database) -> ListImport:
    async with database.reading() as session:
        return (await session.scalars(select(ListImport))).one()


async def _brought(database: Database, cast: Cast, content: bytes) -> int:
    async with database.writing() as session:
        return (await bring_list(session, cast.town_id, cast.actor("Denise"), content, "list.csv")).id


async def _confirmed(database: Database, secrets: Secrets, cast: Cast, content: bytes) -> int:
    number = await _brought(database, cast, content)
    await advance_imports(database, secrets)
    async with database.writing() as session:
        await confirm_import(session, cast.town_id, number, ORIGIN)
    return number


async def test_from_the_file_to_the_list_and_back(
    browser_of: BrowserOf, database: Database, cast: Cast, secrets: Secrets
) -> None:
    async with database.writing() as session:
        await joined(session, cast, JEANNE)
    denise = await browser_of("Denise")
    assert "never the electoral roll" in (await denise.get(PAGE)).text
    page = await _bring(denise, MAILCHIMP, "mailchimp.zip")
    assert "lines are read" in (await denise.get(page)).text
    await advance_imports(database, secrets)
    waiting = await _only(database)
    assert (waiting.state, waiting.counts) == (
        ImportState.READ,
        {"new": 1, "known": 1, "twice": 1, "bad": 1, "left": 1, "dead": 1},
    )
    shown = (await denise.get(page)).text
    for words in (
        "in quarantine",
        "Nothing stands before the @ sign",
        "subscribed_a.csv",
        "Add 1 person",
        "left elsewhere, to bar",
    ):
        assert words in shown
    assert await count_rows(database, Resident) == 1
    assert await count_rows(database, Suppression) == 0
    refused = await denise.submit(f"{page}/confirmation", {"declared_origin": " "})
    assert (refused.status_code, "Say where this list comes from" in refused.text) == (422, True)
    await denise.submit(f"{page}/confirmation", {"declared_origin": ORIGIN})
    await advance_imports(database, secrets)
    async with database.reading() as session:
        people = list(await session.scalars(select(Resident).order_by(col(Resident.id))))
        proof = (await session.scalars(select(Consent).where(col(Consent.way) == ConsentWay.IMPORT))).one()
        reasons = set(await session.scalars(select(Suppression.reason)))
        assert await is_suppressed(session, cast.town_id, secrets, "gone@x.fr")
        assert (await queries.count_audience(session, cast.town_id, cast.topic_ids))["email"] == 2
    assert [(one.email, one.name) for one in people] == [(JEANNE, ""), ("new@x.fr", "Ann Petit")]
    assert (proof.detail["origin"], proof.recorded_by_id) == (ORIGIN, cast.account_ids["Denise"])
    assert reasons == {SuppressionReason.NEVER_AGAIN, SuppressionReason.REFUSED}
    assert await count_rows(database, ListFile) == 0
    assert await count_rows(database, Delivery) == 0
    async with database.reading() as session:
        rows = list(await session.scalars(select(ImportRow)))
    assert {row.outcome for row in rows} == {Outcome.SUPPRESSED}
    assert not any(row.email or row.name or row.search_key for row in rows)
    assert "Undo this import" in (await denise.get(page)).text
    await denise.submit(f"{page}/undoing")
    assert (await _only(database)).state is ImportState.UNDONE
    assert [await count_rows(database, table) for table in (Resident, Suppression, ImportRow)] == [1, 0, 0]


async def test_who_spoke_since_stays_when_an_import_is_undone(
    browser_of: BrowserOf, database: Database, cast: Cast, secrets: Secrets
) -> None:
    number = await _confirmed(database, secrets, cast, b"nom;email\nAnn;ann@x.fr\nBob;bob@x.fr\n")
    await advance_imports(database, secrets)
    async with database.reading() as session:
        ann = (await session.scalars(select(Resident).where(col(Resident.name) == "Ann"))).one()
    paused = await (await browser_of("Denise")).submit(
        f"/desk/residents/{ann.id}/pause",
        {"paused_from": clock.today().isoformat(), "paused_until": clock.today().isoformat(), "way": "telephone"},
    )
    assert paused.status_code == 303
    async with database.writing() as session:
        assert await undo_import(session, cast.town_id, cast.actor("Denise"), number) == 1
    async with database.reading() as session:
        assert list(await session.scalars(select(Resident.name))) == ["Ann"]


async def test_undoing_ends_after_a_week(database: Database, cast: Cast, secrets: Secrets) -> None:
    number = await _confirmed(database, secrets, cast, b"nom;email\nAnn;ann@x.fr\n")
    await advance_imports(database, secrets)
    with clock.frozen(clock.now() + timedelta(days=8)):
        async with database.writing() as session:
            with pytest.raises(Conflict):
                await undo_import(session, cast.town_id, cast.actor("Denise"), number)
            await forget_imports(session)
    assert await count_rows(database, ImportRow) == 0
    assert await count_rows(database, Resident) == 1


async def test_a_quarantine_nobody_confirms_goes_away(database: Database, cast: Cast, secrets: Secrets) -> None:
    await _brought(database, cast, b"nom;email\nAnn;ann@x.fr\n")
    await advance_imports(database, secrets)
    with clock.frozen(clock.now() + timedelta(days=15)):
        async with database.writing() as session:
            await forget_imports(session)
    assert (await _only(database)).state is ImportState.DISCARDED
    assert [await count_rows(database, table) for table in (ListFile, ImportRow, Resident)] == [0, 0, 0]


async def test_columns_are_chosen_by_hand(
    browser_of: BrowserOf, database: Database, cast: Cast, secrets: Secrets
) -> None:
    denise = await browser_of("Denise")
    page = await _bring(denise, b"A;B;C\nann@x.fr;Ann;12 rue du Four\n")
    await advance_imports(database, secrets)
    assert (await _only(database)).counts == {"bad": 1}
    wrong = await denise.submit(f"{page}/columns", {"fields-0": ["email", "email", ""]})
    assert (wrong.status_code, "to one column only" in wrong.text) == (422, True)
    assert wrong.text.count('value="email" selected') == 2, "what was chosen is kept"
    nameless = await denise.submit(f"{page}/columns", {"fields-0": ["", "phone"]})
    assert (nameless.status_code, 'value="phone" selected' in nameless.text) == (422, True)
    await denise.submit(f"{page}/columns", {"fields-0": ["email", "name", "address_street"]})
    await advance_imports(database, secrets)
    assert (await _only(database)).counts == {"new": 1}
    async with database.reading() as session:
        row = (await session.scalars(select(ImportRow))).one()
    assert (row.email, row.name, row.address_street, row.number) == ("ann@x.fr", "Ann", "12 rue du Four", 2)
    await denise.submit(f"{page}/discarding")
    assert await count_rows(database, ListFile) == 0


async def test_a_damaged_file_is_refused_with_its_line(
    browser_of: BrowserOf, database: Database, cast: Cast, secrets: Secrets
) -> None:
    denise = await browser_of("Denise")
    page = await _bring(denise, "nom;email\nAnn;ann@x.fr\nCatteniÃ¨res;b@x.fr\n".encode())
    await advance_imports(database, secrets)
    assert (await _only(database)).state is ImportState.REFUSED
    assert "Line 3: the accents are damaged" in (await denise.get(page)).text
    assert [await count_rows(database, table) for table in (ListFile, ImportRow, Resident)] == [0, 0, 0]


class _Killed(BaseException):
    """The power went."""


async def test_a_worker_that_dies_loses_and_doubles_nothing(
    database: Database, cast: Cast, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F30: killed in the reading and in the writing; another one takes over when the lease is over."""
    content = b"nom;email\n" + b"".join(b"Person %d;p%d@x.fr\n" % (n, n) for n in range(900))
    number = await _brought(database, cast, content)
    with monkeypatch.context() as patch:
        patch.setattr(import_work, "_PIECE", 250)
        patch.setattr(import_work, "sort_out", _dies)
        with pytest.raises(_Killed):
            await advance_imports(database, secrets)
    assert await count_rows(database, ImportRow) == 900
    await advance_imports(database, secrets)
    assert (await _only(database)).state is ImportState.READING, "the lease is not over"
    with clock.frozen(clock.now() + timedelta(minutes=3)):
        await advance_imports(database, secrets)
        assert (await _only(database)).counts == {"new": 900}
        async with database.writing() as session:
            await confirm_import(session, cast.town_id, number, ORIGIN)
        with monkeypatch.context() as patch:
            patch.setattr("server.residents.importing.clear_quarantine", _dies)
            with pytest.raises(_Killed):
                await advance_imports(database, secrets)
        assert await count_rows(database, Resident) == 0
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        await advance_imports(database, secrets)
        await advance_imports(database, secrets)
    assert [await count_rows(database, table) for table in (Resident, Subscription, Consent, Delivery)] == [
        900,
        2700,
        900,
        0,
    ]
    assert (await _only(database)).state is ImportState.DONE


async def _dies(*_given: Any) -> None:
    raise _Killed


NAMING_THEM: dict[str, tuple[str | bytes, bool]] = {
    "in a column we use": (f"nom;email\nJeanne;{JEANNE}\n", True),
    "in another alphabet": (f"nom;email\nÉlodie;{JEANNE.upper()}\n".encode("utf-16"), True),
    "by name, in another order": ("nom;adresse\nLEFÈVRE, Mme Jeanne;9 rue Foch\n", True),
    "in a line that cannot be used": ("nom;email;note\nBob;@x.fr;voisin de jeanne lefevre\n", True),
    "by telephone": ("nom;portable de la fille\nAnn;+33 2 54 10 20 30\n", True),
    "in an archive": (zipped({"a.csv": b"email\nann@x.fr\n", "notes.csv": f"x\n{JEANNE}\n".encode()}), True),
    "nowhere: a namesake of one word": ("nom;email\nJeanne Petit;p@x.fr\nPaul Lefèvre;l@x.fr\n", False),
}


async def test_an_erased_person_is_in_no_list(database: Database, cast: Cast, secrets: Secrets) -> None:
    """RELIABILITY §3.6: read or not yet, confirmed or not, a file that names them goes, and its page says why."""
    for place, (said, names_them) in NAMING_THEM.items():
        content = said if isinstance(said, bytes) else said.encode()
        numbers = {await _brought(database, cast, content)}
        await advance_imports(database, secrets)
        numbers |= {await _brought(database, cast, content)}
        async with database.writing() as session:
            jeanne = await joined(session, cast, JEANNE, name="Jeanne Lefèvre", phone="02 54 10 20 30")
            await erase_resident(session, secrets, cast.town_id, cast.actor("Denise"), jeanne.id)
        async with database.reading() as session:
            kept = set(await session.scalars(select(ListFile.import_id))) & numbers
            rows = set(await session.scalars(select(ImportRow.import_id))) & numbers
            states = set(await session.scalars(select(ListImport.state).where(col(ListImport.id).in_(numbers))))
        assert (not kept and not rows and states == {ImportState.DISCARDED}) is names_them, place


def test_somebody_whose_address_has_an_accent_is_found_too() -> None:
    sought = Sought("élodie@x.fr", name="", door="", phone="")
    for said, is_in in {"Élodie@x.fr": True, "elodie@y.fr": False}.items():
        assert sought.is_in(f"email\n{said}\n".encode(), "list.csv") is is_in


async def test_a_confirmed_list_does_not_bring_back_who_was_erased_meanwhile(
    browser_of: BrowserOf, database: Database, cast: Cast, secrets: Secrets
) -> None:
    async with database.writing() as session:
        jeanne = await joined(session, cast, name="Jeanne Lefèvre", address_street="3, rue du Four")
    number = await _confirmed(database, secrets, cast, "nom;adresse\nJeanne Lefèvre;1 rue Foch\n".encode())
    async with database.writing() as session:
        await erase_resident(session, secrets, cast.town_id, cast.actor("Denise"), jeanne.id)
    await advance_imports(database, secrets)
    assert await count_rows(database, Resident) == 0
    assert "was erased since it was brought" in (await (await browser_of("Denise")).get(f"{PAGE}/{number}")).text


async def test_families_of_a_list_share_a_copy(database: Database, cast: Cast, secrets: Secrets) -> None:
    async with database.writing() as session:
        await joined(session, cast, name="Pierre Dupont", address_street="3, rue du Four")
    rows = "nom;adresse;canal\nJeanne Dupont;3 RUE DU FOUR;boite\nAnn Petit;3 rue du Four;boite\nZoé Roy;1 rue du Four;boite\n"
    await _confirmed(database, secrets, cast, rows.encode())
    await advance_imports(database, secrets)
    async with database.reading() as session:
        shared = {one.name: one.household_id for one in await session.scalars(select(Resident))}
    assert shared["Jeanne Dupont"] == shared["Pierre Dupont"] is not None
    assert shared["Ann Petit"] is shared["Zoé Roy"] is None
