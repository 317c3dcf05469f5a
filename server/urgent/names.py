"""Sheets with names: exactly those who have not heard yet, and the telephone tree of those who agreed to be called."""

from collections.abc import AsyncIterator, Collection, Iterable

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.core.database import ReadSession, WriteSession
from server.core.i18n import Message, sentence, speaking
from server.municipalities.paper import style_of
from server.municipalities.queries import get_municipality
from server.press.kit import Kit, Rows, print_kit
from server.prints.models import PrintJob
from server.prints.products import Made, Order, product
from server.prints.service import ask_print
from server.residents import queries as residents
from server.urgent import queries
from server.urgent.content import notice_of
from server.urgent.reach import reach_of
from server.urgent.words import WHYS

UNREACHED = product(
    "urgent_unreached",
    sentence("Doors not reached yet"),
    *(Role.EDITOR, Role.PUBLISHER, Role.COUNTER),
    names_people=True,
)
PERSONAL = sentence("PERSONAL DATA")
_CALLS_A_SHEET = 15
_COLUMNS = ((sentence("Name"), 3), (sentence("Address"), 3), (sentence("Telephone"), 2), (sentence("Why"), 3))
_CALLS = ((sentence("Name"), 3), (sentence("Telephone"), 2), (sentence("Address"), 3))


def headed(columns: Iterable[tuple[Message, int]]) -> list[tuple[str, int]]:
    """The columns of a table in the language that is spoken now."""
    return [(str(words), share) for words, share in columns]


async def telephone_tree(session: ReadSession, municipality_id: int, place_ids: Collection[int] = ()) -> list[Rows]:
    """A sheet for each caller: who agreed to be called, street by street. None where nobody did."""
    people = await residents.who_may_be_called(session, municipality_id, place_ids)
    rows = [(one.name or "–", one.phone, one.address_street or "–") for one in people]
    sheets = [rows[at : at + _CALLS_A_SHEET] for at in range(0, len(rows), _CALLS_A_SHEET)]
    return [
        Rows(
            str(sentence("Telephone tree, sheet {number} of {count}", number=number, count=len(sheets))),
            headed(_CALLS),
            sheet,
            by=str(sentence("Called by")),
        )
        for number, sheet in enumerate(sheets, 1)
    ]


async def ask_unreached(session: WriteSession, municipality_id: int, actor: Actor, root_id: int) -> PrintJob:
    """The job that prints who has not heard yet, as of the moment it is made. Raises NotFound."""
    root = await queries.get_urgent(session, municipality_id, root_id)
    return await ask_print(
        session,
        municipality_id,
        actor,
        UNREACHED,
        {"urgent_id": root.id},
        title=notice_of(root).title,
        origin=f"urgent-doors:{root.id}",
        is_urgent=True,
    )


async def make_unreached(order: Order) -> AsyncIterator[Made]:
    """The recipe: a sheet for each sector, in the order of the walk."""
    async with order.database.reading() as session:
        root = await queries.get_urgent(session, order.municipality_id, int(order.parameters["urgent_id"]))
        municipality = await get_municipality(session, order.municipality_id)
        with speaking(root.language):
            reach = await reach_of(session, municipality.id, root)
    with speaking(root.language):
        sections = []
        for sector_id, name in reach.sectors:
            rows = [
                (
                    one.resident.name or one.resident.email or "–",
                    one.resident.address_street or "–",
                    one.resident.phone or "–",
                    ", ".join(str(WHYS[reason]) for reason in one.reasons),
                )
                for one in reach.of_sector(sector_id)
                if one.told is None
            ]
            if rows:
                sections.append(Rows(name, headed(_COLUMNS), rows, by=str(sentence("Walked by"))))
        kit = Kit(
            issuer=municipality.name,
            number=str(root.id),
            title=notice_of(root).title,
            what=root.what,
            facts=(root.where_text, str(sentence("Telephone: {phone}", phone=root.contact_phone))),
            sheets=((str(sentence("Doors to knock at")), len(reach.coverage.unreached)),),
            sections=sections,
            mark=str(PERSONAL),
            language=root.language,
            style=style_of(municipality),
        )
    yield Made(f"portes-{root.id}.pdf", await print_kit(kit))
