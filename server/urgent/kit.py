"""The paper kit of an urgent notice: one file with a cover, the script, the doors of the area, posters and slips."""

from collections.abc import AsyncIterator, Sequence

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.boards.models import Board
from server.boards.pack import joined
from server.core.database import ReadSession, WriteSession
from server.core.files import FileStore
from server.core.i18n import sentence, sentences, speaking
from server.municipalities.models import Municipality
from server.municipalities.paper import style_of
from server.municipalities.queries import get_municipality
from server.notices.everywhere import SHELF, poster_draft
from server.notices.queries import get_notice
from server.notices.renderings import phone_script
from server.notices.renderings.paper import PosterDraft
from server.press.kit import Aloud, Doors, Kit, Rows, print_kit
from server.press.slip import COPIES, SlipFormat, print_slip
from server.prints.models import PrintJob
from server.prints.products import Made, Order, product
from server.prints.service import ask_print
from server.urgent import queries
from server.urgent.area import boards_in, doors_in
from server.urgent.content import notice_of
from server.urgent.models import UrgentNotice
from server.urgent.names import PERSONAL, headed, telephone_tree
from server.urgent.sending import origin_of
from server.urgent.words import EXERCISE

KIT = product(
    "urgent_kit",
    sentence("Paper kit of an urgent notice"),
    *(Role.EDITOR, Role.PUBLISHER, Role.COUNTER),
    names_people=True,
)
_SLIP: SlipFormat = "a6"
_BOARDS = ((sentence("Board"), 2), (sentence("Where"), 3), (sentence("Key"), 2))


async def ask_kit(session: WriteSession, municipality_id: int, actor: Actor, urgent_id: int) -> PrintJob:
    """The job that makes it, before every other. Raises NotFound."""
    urgent = await queries.get_urgent(session, municipality_id, urgent_id)
    return await ask_print(
        session,
        municipality_id,
        actor,
        KIT,
        {"urgent_id": urgent.id},
        title=notice_of(urgent).title,
        origin=origin_of(urgent),
        is_urgent=True,
    )


async def make_kit(order: Order) -> AsyncIterator[Made]:
    """The recipe: everything in one file, in the order in which it is needed."""
    async with order.database.reading() as session:
        urgent = await queries.get_urgent(session, order.municipality_id, int(order.parameters["urgent_id"]))
        municipality = await get_municipality(session, order.municipality_id)
        around = await queries.places_around(session, municipality.id, urgent.place_ids)
        with speaking(urgent.language):
            doors = await doors_in(session, municipality.id, urgent.place_ids)
            calls = [] if urgent.is_exercise else await telephone_tree(session, municipality.id, around)
        boards = await boards_in(session, municipality.id, urgent.place_ids)
        draft, number = await _poster(session, order.files, municipality, urgent)
    with speaking(urgent.language):
        cover = await print_kit(_kit(municipality, urgent, number, doors, calls, boards))
    poster = await SHELF.pdf((await SHELF.choose(draft)).poster)
    slip = (await SHELF.choose_slip(draft, _SLIP)).slip
    whole = joined([cover, *[poster] * max(1, len(boards)), await print_slip(slip, _SLIP)])
    yield Made(f"{number}.pdf", whole)


def _kit(
    municipality: Municipality,
    urgent: UrgentNotice,
    number: str,
    doors: Sequence[Doors],
    calls: Sequence[Rows],
    boards: Sequence[Board],
) -> Kit:
    content = notice_of(urgent).content
    letterboxes = sum(one.count for one in doors)
    slips = sentences(
        "Slip for the letterboxes: print the last page once",
        "Slips for the letterboxes, four on a sheet: print the last page {count} times",
        count=max(1, -(-letterboxes // COPIES[_SLIP])),
    )
    script = Aloud(
        str(sentence("To read aloud: telephone, counter, loudspeaker van")),
        str(sentence("Read slowly, twice.")),
        phone_script(content).sentences,
    )
    return Kit(
        issuer=municipality.name,
        number=number,
        title=content.title,
        what=urgent.what,
        facts=(urgent.where_text, content.when_text),
        sheets=(
            (str(sentence("Posters for the boards of the area")), max(1, len(boards))),
            (str(slips), letterboxes),
            (str(sentence("Doors to knock at")), letterboxes),
            *([(str(sentence("People to telephone")), sum(len(one.rows) for one in calls))] if calls else []),
        ),
        sections=(*([_walk(boards)] if boards else []), script, *doors, *calls),
        mark=str(EXERCISE) if urgent.is_exercise else str(PERSONAL) if calls else "",
        language=urgent.language,
        style=style_of(municipality),
    )


def _walk(boards: Sequence[Board]) -> Rows:
    """Where the posters go, in the order of the way."""
    return Rows(
        str(sentence("Posters to put up")),
        headed(_BOARDS),
        [(one.name, one.location, one.keys) for one in boards],
        by=str(sentence("Walked by")),
    )


async def _poster(
    session: ReadSession, files: FileStore, municipality: Municipality, urgent: UrgentNotice
) -> tuple[PosterDraft, str]:
    number = str(urgent.id)
    if urgent.notice_id is not None:
        number = (await get_notice(session, municipality.id, urgent.notice_id)).number
    content = notice_of(urgent).content
    return await poster_draft(session, files, municipality, content, number, None), number
