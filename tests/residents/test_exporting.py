"""The list is taken out by whoever types the password again; no cell is a formula, and our own import knows it again."""

import csv
from io import StringIO

from sqlalchemy import delete
from sqlmodel import col, select

from server.accounts.models import AuditEntry
from server.core.database import Database
from server.core.i18n import LANGUAGES, translate
from server.core.secrets import Secrets
from server.core.tables import as_cell, as_table, from_cell
from server.residents.exporting import COLUMNS
from server.residents.importing import import_residents
from server.residents.lists.columns import guess_fields
from server.residents.models import Channel, Resident
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.residents.visiting import give_password, joined

EXPORT = "/desk/residents/export"


def test_no_cell_is_a_formula_and_each_comes_back() -> None:
    for words in ("=1+1", "+33 6 12 34 56 78", "-2", "@SUM(A1)", "\tx", "\rx", "\0x", " =1", "  +1"):
        assert as_cell(words) == f"'{words}"
        assert from_cell(as_cell(words)) == words
    for words in ("Odette", "'=", "l’été", "", "'t Hart"):
        assert from_cell(as_cell(words)) in {words, words[1:]}
    hostile = [["a;b", '=HYPERLINK("x";"y")', "a\n=1"], ['"=1', ";=1", "\r\n@x"]]
    for row in csv.reader(StringIO(as_table(hostile), newline=""), delimiter=";"):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_the_import_knows_our_columns() -> None:
    for language in LANGUAGES:
        assert guess_fields([translate(words, language) for words in COLUMNS.values()]) == list(COLUMNS)


async def test_the_list_is_taken_out_and_known_again(
    browser_of: BrowserOf, database: Database, cast: Cast, secrets: Secrets
) -> None:
    async with database.writing() as session:
        await joined(session, cast, "anne@orange.example", name="=Anne", phone="+33 6 12 34 56 78", topics=(0, 1))
        await joined(session, cast, "", name="Boris", channels=[Channel.HAND], address_street="3 rue de l’Église")
        await joined(session, cast, "charlie@orange.example", name="Charlie", town_id=cast.neighbour_id)
    alice, password = await browser_of("Alice"), await give_password(database, "Alice")
    assert "2 people" in (await alice.get(EXPORT)).text
    refused = await alice.submit(EXPORT, {"password": "guessed"})
    assert (refused.status_code, "This is not your current password." in refused.text) == (422, True)
    only = (await alice.submit(f"{EXPORT}?q=boris", {"password": password})).text
    assert "Boris" in only
    assert "Anne" not in only
    answer = await alice.submit(EXPORT, {"password": password})
    assert answer.headers["cache-control"] == "no-store"
    assert "Charlie" not in answer.text
    assert "'=Anne" in answer.text
    async with database.reading() as session:
        entries = list(await session.scalars(select(AuditEntry).where(AuditEntry.action == "residents.exported")))
    assert [entry.detail for entry in entries] == [{"people": 1}, {"people": 2}]
    async with database.writing() as session:
        await session.execute(delete(Resident).where(col(Resident.municipality_id) == cast.town_id))
        actor = cast.actor("Alice")
        report = await import_residents(
            session, secrets, cast.town_id, actor, answer.content, declared_origin="our own list"
        )
        assert (report.added, report.bad) == (2, [])
        theirs = select(Resident).where(col(Resident.municipality_id) == cast.town_id)
        people = {one.name: (one.phone, one.email) for one in await session.scalars(theirs)}
    assert people["=Anne"] == ("+33 6 12 34 56 78", "anne@orange.example")
    assert people["Boris"] == ("", None)
