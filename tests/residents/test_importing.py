"""Lists the town hall has already: all of it or nothing, each wrong line named."""

from collections.abc import Sequence

import pytest
from sqlmodel import select

from server.accounts.models import AuditEntry
from server.core.database import Database
from server.core.errors import Invalid
from server.core.secrets import Secrets
from server.mailings.leaving import suppress_address
from server.mailings.models import Delivery, SuppressionReason
from server.residents import queries
from server.residents.importing import ImportReport, import_residents
from server.residents.models import Channel, Consent, ConsentWay, Edition, Resident, ResidentPlace
from tests.cast import Cast
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
        entries = {one.action: one.detail for one in await session.scalars(select(AuditEntry))}
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
    assert entries["residents.imported"] == {"added": 4, "known": 0, "barred": 0}
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
    assert [row.line for row in report.bad] == [3, 4, 5, 6, 8]
    words = " ".join(str(row.message) for row in report.bad)
    for said in ("incomplete", "Write the postcode.", "“pigeon”", "“chasse”", "more cells"):
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


async def test_nobody_says_where_a_list_comes_from(database: Database, secrets: Secrets, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        await bring_in(database, secrets, cast, GOOD.encode(), origin="  ")
    assert "Say where this list comes from" in str(refused.value.fields["declared_origin"])
