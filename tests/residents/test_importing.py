"""Lists the town hall has already: all of it or nothing, each wrong line named."""

import json
from collections.abc import Sequence

import pytest
from sqlmodel import col, select

from server.accounts.models import AuditEntry
from server.core.database import Database
from server.core.errors import Invalid
from server.core.secrets import Secrets
from server.mailings.leaving import suppress_address
from server.mailings.models import Delivery, SuppressionReason
from server.residents import queries
from server.residents.csv_rows import NotAList, read_rows
from server.residents.importing import ImportReport, import_residents
from server.residents.models import Channel, Consent, ConsentWay, Edition, Resident, ResidentPlace
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.corpora import corpus
from tests.residents.visiting import JEANNE, count_rows, joined

ORIGIN = "coupons of the bulletin of March 2026"
HEADER = "nom;courriel;canal;adresse;code postal;commune;rubriques;secteur;version"
GOOD = "\r\n".join(
    [
        HEADER,
        f"Jeanne Dupont;{JEANNE};;;;;;;",
        "Odette Œuvrard;;boîte aux lettres;12, rue du Lavoir;41000;Saint-Aubin;travaux, École et jeunesse;Le Bourg;FALC",
        "",
        'Paul "le Grand";;poste;"3 rue de l’Église; bât. B";41000;Saint-Aubin;lettre;;',
        "Anne;;accueil;;;;;;gros caractères",
    ]
)


async def bring_in(
    database: Database, secrets: Secrets, cast: Cast, content: bytes, origin: str = ORIGIN, topics: Sequence[int] = ()
) -> ImportReport:
    async with database.writing() as session:
        return await import_residents(
            session,
            secrets,
            cast.town_id,
            cast.actor("Denise"),
            content,
            declared_origin=origin,
            topic_ids=topics,
        )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
async def test_a_list_is_brought_in_with_its_proof(
    database: Database, secrets: Secrets, cast: Cast, encoding: str
) -> None:
    report = await bring_in(database, secrets, cast, GOOD.encode(encoding), topics=cast.topic_ids[:1])
    assert (report.added, report.already_known, report.not_to_be_written_to, report.bad) == (4, 0, 0, [])
    async with database.reading() as session:
        people = {one.name: one for one in await session.scalars(select(Resident))}
        wants = await queries.current_wants(session, cast.town_id, [one.id for one in people.values()])
        consents = list(await session.scalars(select(Consent)))
        places = list(await session.scalars(select(ResidentPlace)))
        entry = (await session.scalars(select(AuditEntry))).one()
    odette, paul, anne = people["Odette Œuvrard"], people['Paul "le Grand"'], people["Anne"]
    assert [(want.topic_id, want.channel) for want in wants[odette.id]] == [
        (cast.topic_ids[1], Channel.HAND),
        (cast.topic_ids[2], Channel.HAND),
    ]
    assert [want.channel for want in wants[anne.id]] == [Channel.COUNTER]
    assert [want.channel for want in wants[people["Jeanne Dupont"].id]] == [Channel.EMAIL]
    assert (odette.edition, anne.edition) == (Edition.EASY_READ, Edition.LARGE_PRINT)
    assert paul.address_street == "3 rue de l’Église; bât. B"
    assert "oeuvrard" in odette.search_key
    assert [one.place_id for one in places] == [cast.sector_ids[0]]
    assert {(one.way, one.detail["origin"], one.recorded_by_id) for one in consents} == {
        (ConsentWay.IMPORT, ORIGIN, cast.account_ids["Denise"])
    }
    assert entry.detail == {"added": 4, "known": 0, "barred": 0}
    assert await count_rows(database, Delivery) == 0


async def test_wrong_lines_are_named_and_nothing_is_half_imported(
    database: Database, secrets: Secrets, cast: Cast
) -> None:
    lines = [
        "name,email,channel,street,postcode,town,topics",
        "Jeanne,jeanne@orange.example,,,,,",
        "Paul,paul@orange,,,,,",
        "Odette,,post,12 rue du Lavoir,,Saint-Aubin,",
        "Anne,,pigeon,,,,",
        "Marc,marc@orange.example,,,,,chasse",
        "Jeanne again,JEANNE@orange.example,,,,,",
        "Luc,,hand,12, rue du Lavoir,41000,Saint-Aubin,lettre",
    ]
    report = await bring_in(database, secrets, cast, "\n".join(lines).encode())
    assert report.added == 0
    assert [row.line for row in report.bad] == [3, 4, 5, 6, 7, 8]
    words = " ".join(str(row.message) for row in report.bad)
    for said in ("incomplete", "Write the postcode.", "“pigeon”", "“chasse”", "stands in the list twice", "more cells"):
        assert said in words
    assert await count_rows(database, Resident) == 0


async def test_who_is_known_left_or_is_barred_is_not_added(database: Database, secrets: Secrets, cast: Cast) -> None:
    async with database.writing() as session:
        await joined(session, cast, JEANNE)
        await joined(session, cast, "", name="Odette", channels=[Channel.HAND], address_street="12 rue du Lavoir")
        gone = await joined(session, cast, "gone@orange.example")
        gone.left_at = gone.created_at
        await suppress_address(session, cast.town_id, secrets, "never@orange.example", SuppressionReason.NEVER_AGAIN)
    rows = [
        "name,email,channel,street",
        f"Jeanne,{JEANNE.upper()},,",
        "ODETTE,,hand,12 Rue du lavoir",
        "Gone,gone@orange.example,,",
        "Never,Never@orange.example,,",
        "New,new@orange.example,,",
    ]
    report = await bring_in(database, secrets, cast, "\n".join(rows).encode())
    assert (report.added, report.already_known, report.not_to_be_written_to) == (1, 2, 2)
    again = await bring_in(database, secrets, cast, "\n".join(rows).encode())
    assert (again.added, again.already_known, again.not_to_be_written_to) == (0, 3, 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04\x14\x00\x06\x00", "This file is not a CSV"),
        (b"%PDF-1.7\n", "This file is not a CSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This file is not a CSV"),
        (b"<html><body>hello</body></html>", "must name the columns"),
        (b"12 rue du Lavoir\n13 rue du Lavoir\n", "must name the columns"),
        (b'name,email\n"Jeanne,jeanne@orange.example\n', "not a CSV that can be read"),
        (b'name,email\n"Jeanne"x,jeanne@orange.example\n', "not a CSV that can be read"),
        (b"name,email\nJ\x81r\x8d,a@orange.example\n", "letters of this file cannot be read"),
        (b"name\n" + b"x\n" * 20_001, "more than 20000 lines"),
        (b"n" * 5_000_001, "too heavy"),
    ],
)
async def test_a_file_that_is_no_list_is_refused_in_a_sentence(
    database: Database, secrets: Secrets, cast: Cast, content: bytes, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await bring_in(database, secrets, cast, content)
    assert words in str(refused.value.fields["file"])
    assert await count_rows(database, Resident) == 0


async def test_nobody_says_where_a_list_comes_from(database: Database, secrets: Secrets, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        await bring_in(database, secrets, cast, GOOD.encode(), origin="  ")
    assert "Say where this list comes from" in str(refused.value.fields["declared_origin"])


def test_csv_of_the_corpus_is_read_exactly() -> None:
    """Our columns are put on top of each file: what stands under them must come out as the corpus says."""
    read = 0
    for path in sorted(corpus("csv-spectrum/csvs").glob("*.csv")):
        truth = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text("utf-8"))
        columns = list(truth[0]) if isinstance(truth, list) and truth else []
        if len(columns) < 2:
            continue
        header, _, body = path.read_bytes().decode().partition("\n")
        content = ",".join(["name", "email", "street", "town", "phone"][: len(columns)]) + "\n" + body
        rows = read_rows(content.encode())
        expected = [[row[column].strip() for column in columns] for row in truth]
        assert [[cell.replace("\r\n", "\n") for cell in row.cells.values()] for row in rows] == [
            [cell.replace("\r\n", "\n") for cell in row] for row in expected if any(row)
        ], (path.name, header)
        read += 1
    assert read > 5


def test_lists_damaged_by_another_program_are_not_taken_for_whole() -> None:
    from server.residents.csv_rows import is_damaged

    folder = corpus("csv-exports/encodings")
    for name, is_wrong in {
        "utf8-semicolon-quoteall-crlf.csv": False,
        "utf8-bom-semicolon-crlf.csv": False,
        "cp1252-semicolon-crlf.csv": False,
        "utf8-pipe-lf.csv": False,
        "mojibake-utf8-read-as-cp1252.csv": True,
        "mixed-utf8-then-cp1252.csv": True,
    }.items():
        content = (folder / name).read_bytes().replace(b"query", b"name", 1)
        rows = read_rows(content)
        assert len(rows) > 150
        assert any(is_damaged(row.cells["name"]) for row in rows) is is_wrong, name


def test_sixteen_bit_files_are_refused() -> None:
    content = (corpus("csv-exports/encodings") / "utf16le-bom-tab-crlf.txt").read_bytes()
    with pytest.raises(NotAList):
        read_rows(content)


async def test_the_page_reports(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    denise = await browser_of("Denise")
    page = "/desk/residents/import"
    assert "never the electoral roll" in (await denise.get(page)).text
    none = await denise.submit(page, {"declared_origin": ORIGIN})
    assert (none.status_code, "Choose a file." in none.text, ORIGIN in none.text) == (422, True, True)
    bad = await denise.submit(page, {"declared_origin": ORIGIN}, files={"file": ("a.csv", b"name,email\nJ,j@\n")})
    assert (bad.status_code, "One line cannot be used" in bad.text, "incomplete" in bad.text) == (422, True, True)
    fields = {"declared_origin": ORIGIN, "topic_ids": str(cast.topic_ids[0])}
    good = await denise.submit(page, fields, files={"file": ("a.csv", GOOD.encode())})
    assert (good.status_code, "The list is in." in good.text) == (200, True)
    async with database.reading() as session:
        assert await queries.count_audience(session, cast.town_id, cast.topic_ids[:1]) == {
            "email": 1,
            "post": 1,
            "hand": 0,
            "counter": 1,
        }
        assert len(list(await session.scalars(select(Resident).where(col(Resident.left_at).is_not(None))))) == 0
