"""Paper forms: keyed one after another with their proof, found to be of somebody known, counted in their box."""

import re
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import select

from server.core.database import Database
from server.core.secrets import Secrets
from server.residents import queries
from server.residents.alike import Sign, Typed, find_alike
from server.residents.consent import VERSION
from server.residents.erasure import erase_resident
from server.residents.form_models import FormState, PaperForm
from server.residents.forms import next_number
from server.residents.keys import door_key, name_key, phone_key, surname
from server.residents.models import Channel, Consent, ConsentWay, Edition, Resident
from server.residents.schemas import FormEntry
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.residents.visiting import JEANNE, joined

FORMS = "/desk/residents/forms"


def sheet(cast: Cast, **fields: Any) -> dict[str, Any]:
    """A signed sheet: the letter, in the letterbox."""
    return {
        "form_number": "F-0099",
        "said_on": "20/11/2026",
        "is_signed": "yes",
        "name": "Odette Marchand",
        "address_street": "12 rue du Lavoir",
        "postcode": "41000",
        "post_town": "Saint-Aubin",
        "wants": f"{cast.topic_ids[0]}:hand",
        "edition": "large_print",
        "language": "fr",
    } | fields


async def _pile(denise: Browser) -> str:
    answer = await denise.submit(FORMS, {"box": "Novembre 2026, boîte 3", "expected": "2"})
    found = re.search(r"/desk/residents/forms/\d+", answer.headers["location"])
    assert found
    return found[0]


async def _all(database: Database, table: Any) -> list[Any]:
    async with database.reading() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


@pytest.mark.usefixtures("monday")
async def test_a_form_tells_who_may_be_telephoned(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    denise = await browser_of("Denise")
    pile = await _pile(denise)
    page = (await denise.submit(pile, sheet(cast, may_be_called="yes"))).text
    assert "Write the number to call" in page
    assert re.search(r'name="may_be_called"[^>]* checked', page)
    await denise.submit(pile, sheet(cast, may_be_called="yes", phone="02 54 11 22 33"))
    odette = (await _all(database, Resident))[0]
    known = sheet(cast, form_number="F-0100", known_id=str(odette.id), wants=f"{cast.topic_ids[1]}:hand")
    await denise.submit(pile, known)
    assert (await _all(database, Resident))[0].may_be_called, "an empty line takes nothing away"
    first, second = await _all(database, Consent)
    assert (first.detail["may_be_called"], "may telephone me" in first.text) == (True, True)
    assert "may_be_called" not in second.detail
    shown = (await denise.get(f"/desk/residents/{odette.id}")).text
    assert "may be telephoned on an urgent day" in shown


@pytest.mark.usefixtures("monday")
async def test_a_pile_is_keyed_and_its_box_counted(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    denise = await browser_of("Denise")
    pile = await _pile(denise)
    saved = await denise.submit(pile, sheet(cast))
    following = (await denise.get(saved.headers["location"].removeprefix("/saint-aubin"))).text
    for kept in ('value="F-0100"', 'value="20/11/2026"', f'<option value="{cast.topic_ids[0]}:hand" selected>'):
        assert kept in following
    assert "Odette" not in following
    aside = await denise.submit(pile, {"form_number": "F-0100", "then": "aside"})
    assert "said=form-aside" in aside.headers["location"]
    odette = (await _all(database, Resident))[0]
    consent = (await _all(database, Consent))[0]
    assert (consent.way, consent.text_version, consent.recorded_by_id) == (
        ConsentWay.PAPER,
        VERSION,
        cast.account_ids["Denise"],
    )
    assert (consent.detail["form_number"], consent.detail["said_on"]) == ("F-0099", "2026-11-20")
    assert "bring you what you chose" in consent.text
    assert "may_be_called" not in consent.detail
    wrong = await denise.submit(f"{pile}/closing", {"counted": "3"})
    assert (wrong.status_code, "2 forms are keyed in this pile" in wrong.text) == (422, True)
    closed = await denise.submit(f"{pile}/closing", {"counted": "2"})
    assert "said=batch-closed" in closed.headers["location"]
    late = await denise.submit(pile, sheet(cast, form_number="F-0101", name="Anne"))
    assert (late.status_code, "This box is closed" in late.text) == (422, True)
    shown = (await denise.get(pile)).text
    assert "Odette Marchand" in shown
    assert "set aside" in shown
    assert odette.edition is Edition.LARGE_PRINT


@pytest.mark.usefixtures("monday")
async def test_what_a_sheet_cannot_be(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    denise = await browser_of("Denise")
    pile = await _pile(denise)
    await denise.submit(pile, sheet(cast))
    for fields, words in (
        ({"form_number": "F-0100", "is_signed": "no"}, "Tick the box if the form is signed"),
        ({"form_number": ""}, "Fill in this field."),
        ({"said_on": "31/02/2026", "form_number": "F-0100"}, "Write a date that exists"),
        ({"said_on": "30/11/2026", "form_number": "F-0100"}, "This day has not come yet"),
        ({"name": "Anne"}, "A form of this number was keyed already"),
        ({"then": "aside"}, "A form of this number was keyed already"),
        ({"then": "aside", "form_number": ""}, "Write the number that is printed on the form"),
    ):
        answer = await denise.submit(pile, sheet(cast, **fields))
        assert (answer.status_code, words in answer.text) == (422, True), words
    assert len(await _all(database, PaperForm)) == 1


@pytest.mark.usefixtures("monday")
async def test_somebody_who_is_on_the_list_is_shown_and_written_on(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    denise = await browser_of("Denise")
    pile = await _pile(denise)
    async with database.writing() as session:
        known = await joined(
            session,
            cast,
            JEANNE,
            name="Élodie Lefèvre",
            address_street="3 bis, rue de l’Église",
            phone="02 54 11 22 33",
            topics=[1],
        )
    typed = {"name": "LEFEVRE elodie", "address_street": "3B RUE DE L EGLISE"}
    shown = (await denise.get("/desk/residents/alike", params=typed)).text
    for words in (
        "Élodie Lefèvre",
        "same name, same door",
        f'name="known_id" value="{known.id}"',
        "It is somebody else",
    ):
        assert words in shown
    refused = await denise.submit(pile, sheet(cast, **typed))
    assert (refused.status_code, "Élodie Lefèvre" in refused.text) == (422, True)
    assert "Somebody of this name at this address is on the list already." in refused.text
    await denise.submit(pile, sheet(cast, **typed, known_id=known.id))
    people = await _all(database, Resident)
    async with database.reading() as session:
        wants = (await queries.current_wants(session, cast.town_id, [known.id]))[known.id]
    assert {(want.topic_id, want.channel) for want in wants} == {
        (cast.topic_ids[1], Channel.EMAIL),
        (cast.topic_ids[0], Channel.HAND),
    }
    assert [(one.email, one.phone, one.edition) for one in people] == [(JEANNE, "02 54 11 22 33", Edition.LARGE_PRINT)]
    await denise.submit(pile, sheet(cast, **typed, form_number="F-0100", is_another="yes"))
    assert len(await _all(database, Resident)) == 2


async def test_alike_by_each_sign(database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        known = await joined(
            session,
            cast,
            JEANNE,
            name="Dupont, Mme Jeanne",
            address_street="12, rue du Lavoir",
            phone="+33 6 12 34 56 78",
        )
        await joined(session, cast, JEANNE, name="Jeanne Dupont", town_id=cast.neighbour_id)
        for typed, signs, is_same in (
            (Typed(name="jeanne DUPONT"), {Sign.NAME}, False),
            (Typed(name="Jeanne Dupont", street="12 Lavoir"), {Sign.NAME, Sign.DOOR}, True),
            (Typed(phone="06.12.34.56.78"), {Sign.PHONE}, False),
            (Typed(email=JEANNE.upper()), {Sign.EMAIL}, True),
            (Typed(street="12 RUE DU LAVOIR", name="Paul"), {Sign.DOOR}, False),
        ):
            found = await find_alike(session, cast.town_id, typed)
            assert [(one.resident.id, set(one.signs), one.is_same) for one in found] == [(known.id, signs, is_same)], (
                typed
            )
        assert await find_alike(session, cast.town_id, Typed(name="Jeanne")) == []
        assert await find_alike(session, cast.town_id, Typed()) == []


async def test_an_erased_person_s_sheet_is_to_be_destroyed(
    browser_of: BrowserOf, database: Database, cast: Cast, secrets: Secrets
) -> None:
    denise = await browser_of("Denise")
    pile = await _pile(denise)
    await denise.submit(pile, sheet(cast, said_on="20/11/2025"))
    odette = (await _all(database, Resident))[0]
    async with database.writing() as session:
        await erase_resident(session, secrets, cast.town_id, cast.actor("Denise"), odette.id)
    form = (await _all(database, PaperForm))[0]
    assert (form.state, form.resident_id) == (FormState.ERASED, None)
    assert "take the sheet out of the box" in (await denise.get(pile)).text


def test_keys_do_not_mind_accents_order_and_spelling() -> None:
    assert name_key("Mme Élodie LEFÈVRE") == name_key("Lefevre, Elodie") == "elodie lefevre"
    assert name_key("M. et Mme") == "et m mme"
    assert (
        door_key("12 bis, rue du Vieux-Lavoir") == door_key("12B vieux lavoir") == door_key("12 BIS RUE VIEUX LAVOIR")
    )
    assert door_key("", "Lieu-dit La Grange") == "grange"
    assert door_key("1 rue du Four") != door_key("11 rue du Four")
    assert phone_key("+33 6 12 34 56 78") == phone_key("0033612345678") == phone_key("06.12.34.56.78") == "0612345678"
    assert surname("Jeanne Dupont") == surname("DUPONT Jeanne") == surname("DUPONT, Pierre") == "dupont"
    assert surname("") == ""
    assert surname("LE GALL Yann") == "le gall"


@pytest.mark.usefixtures("monday")
def test_days_are_typed_as_they_stand_on_paper() -> None:
    for typed, day in (
        ("20/11/2026", date(2026, 11, 20)),
        ("20.11.26", date(2026, 11, 20)),
        ("2011", date(2026, 11, 20)),
        ("20112026", date(2026, 11, 20)),
        ("24/12", date(2025, 12, 24)),
        ("2026-11-20", date(2026, 11, 20)),
    ):
        assert FormEntry.model_validate({"form_number": "1", "said_on": typed}).said_on == day, typed
    for typed in ("32/01/2026", "hier", "", "1", "24/12/2026"):
        with pytest.raises(ValidationError):
            FormEntry.model_validate({"form_number": "1", "said_on": typed})


def test_the_number_of_the_sheet_below() -> None:
    assert [next_number(one) for one in ("F-0099", "7", "A", "", "2026/9")] == ["F-0100", "8", "", "", "2026/10"]
