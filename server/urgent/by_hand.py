"""What the town hall needs to inform by hand: how to, what to say, where to go, whom to tell, and paper to write on."""

from collections.abc import Iterable, Sequence

from server.accounts.queries import list_staff
from server.boards.kinds import LineAction
from server.boards.models import BoardRound
from server.boards.queries import list_boards
from server.boards.queries.postings import list_hanging
from server.boards.queries.rounds import SheetStop, list_open_rounds, read_sheet
from server.boards.words import ACTIONS
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.core.templating import format_day, format_moment
from server.issues import queries as issues
from server.issues.content import issue_content
from server.issues.models import Issue
from server.issues.script import letter_script
from server.municipalities.models import Municipality
from server.notices import queries as notices
from server.notices.renderings import phone_script
from server.press.kit import Blank, Doors, Rows, Section, Texts
from server.residents import queries as residents
from server.residents.models import Resident
from server.urgent import queries
from server.urgent.area import Homes, doors_in
from server.urgent.models import UrgentKind
from server.urgent.names import headed, telephone_tree
from server.urgent.words import KINDS

_BLANKS = 3
_HOW = (
    (
        sentence("Who does what"),
        sentence("One person keeps this file and the telephone. The others walk the rounds and post the sheets."),
    ),
    (
        sentence("Write"),
        sentence("Take a prepared text, complete it on a blank poster with a thick pen, and copy it for the boards."),
    ),
    (
        sentence("Tell"),
        sentence("Walk the sheets of the doors sector by sector. Tick who was told, leave paper where nobody answers."),
    ),
    (
        sentence("Keep"),
        sentence("Keep the ticked sheets: they are keyed in at the counter when the power is back."),
    ),
)
_ROUND = ((sentence("Board"), 2), (sentence("To do"), 1), (sentence("Notice"), 4))
_BOARDS = ((sentence("Board"), 2), (sentence("Where"), 3), (sentence("Key"), 2), (sentence("What hangs there"), 4))
_PEOPLE = ((sentence("Name"), 3), (sentence("Address"), 3), (sentence("Telephone"), 2))
_FIELDS = (sentence("What happens"), sentence("Where, until when"), sentence("What to do"))


async def everything(session: ReadSession, municipality: Municipality) -> list[Section]:
    """In the order in which it is needed; what there is nothing of is left out."""
    sections: list[Section] = [
        Texts(str(sentence("How to do without a network")), [(str(title), str(words)) for title, words in _HOW]),
        await _current(session, municipality),
        *(await _letters(session, municipality)),
        await _prepared(session, municipality),
        *(await _rounds(session, municipality.id)),
        await _boards(session, municipality.id),
        *(await telephone_tree(session, municipality.id)),
        *(await _paper_people(session, municipality.id)),
        *(await doors_in(session, municipality.id)),
        *[_blank(municipality)] * _BLANKS,
    ]
    return [one for one in sections if _is_filled(one)]


def counted(sections: Sequence[Section]) -> list[tuple[str, int]]:
    """The lines of the cover."""
    boards = str(sentence("Boards to visit"))
    return [
        (str(sentence("Doors to knock at")), sum(one.count for one in sections if isinstance(one, Doors))),
        (boards, sum(len(one.rows) for one in sections if isinstance(one, Rows) and one.title == boards)),
        (str(sentence("Blank posters")), _BLANKS),
    ]


def _is_filled(section: Section) -> bool:
    match section:
        case Rows():
            return bool(section.rows)
        case Texts():
            return bool(section.texts)
        case _:
            return True


async def _current(session: ReadSession, municipality: Municipality) -> Texts:
    """What residents read today, in the words of the telephone."""
    current = await notices.current_notices(session, municipality.id)
    texts = await notices.published_contents(session, municipality.id, [one.notice_id for one in current])
    found = [texts[one.notice_id] for one in current if one.notice_id in texts]
    told = [(f"{one.number} – {one.content.title}", _lines(phone_script(one.content).sentences[1:])) for one in found]
    return Texts(str(sentence("Notices in force")), told)


async def _letters(session: ReadSession, municipality: Municipality) -> list[Texts]:
    """The letter that leaves next and the last one that left."""
    following = await issues.find_next(session, municipality.id)
    last = await issues.find_last_sent(session, municipality.id)
    return [
        Texts(_letter_title(one), letter_script(await issue_content(session, one))) for one in (following, last) if one
    ]


def _letter_title(issue: Issue) -> str:
    if issue.sent_at is not None:
        return str(sentence("Letter sent on {moment}", moment=format_moment(issue.sent_at)))
    if issue.scheduled_at is not None:
        return str(sentence("Letter that leaves on {moment}", moment=format_moment(issue.scheduled_at)))
    return str(sentence("Letter ready to leave"))


async def _prepared(session: ReadSession, municipality: Municipality) -> Texts:
    language = municipality.languages[0]
    texts = []
    for kind in UrgentKind:
        words = await queries.wording(session, municipality.id, kind, language)
        if words.what:
            texts.append((f"{KINDS[kind]} – {words.title}", f"{words.what}\n{words.instruction}"))
    return Texts(str(sentence("Prepared texts")), texts)


async def _rounds(session: ReadSession, municipality_id: int) -> list[Rows]:
    """The rounds whose sheet has not come back, board by board in the order of the way."""
    names = {one.account_id: one.name for one in await list_staff(session, municipality_id)}
    return [
        Rows(
            _round_title(one, names.get(one.made_by_id, "–")),
            headed(_ROUND),
            [row for stop in await read_sheet(session, municipality_id, one.id) for row in _stop(stop)],
            by=str(sentence("Walked by")),
        )
        for one in await list_open_rounds(session, municipality_id)
    ]


def _round_title(made: BoardRound, by: str) -> str:
    day = format_day(made.on_day, "EEEE d MMMM")
    return str(sentence("Round no. {number} of {day}, made by {name}", number=made.number, day=day, name=by))


def _stop(stop: SheetStop) -> list[tuple[str, str, str]]:
    """A row for each sheet that changes, and one for all that stay."""
    rows = [
        (stop.board.name, str(ACTIONS[one.line.action]), f"{one.sheet.number} {one.sheet.title}")
        for one in stop.lines
        if one.line.action is not LineAction.KEEP
    ]
    stay = [one.sheet.number for one in stop.lines if one.line.action is LineAction.KEEP]
    if stay:
        rows.append((stop.board.name, str(ACTIONS[LineAction.KEEP]), ", ".join(stay)))
    return rows or [(stop.board.name, "–", str(sentence("Nothing to do: look whether all is well.")))]


async def _boards(session: ReadSession, municipality_id: int) -> Rows:
    hanging: dict[int, list[str]] = {}
    for sheet in await list_hanging(session, municipality_id):
        hanging.setdefault(sheet.posting.board_id, []).append(sheet.number)
    boards = [
        (board.name, board.location, board.keys, ", ".join(sorted(hanging.get(board.id, []))))
        for board in await list_boards(session, municipality_id)
    ]
    return Rows(str(sentence("Boards to visit")), headed(_BOARDS), boards)


async def _paper_people(session: ReadSession, municipality_id: int) -> list[Rows]:
    """Who receives the news on paper: a table for each sector, in the order of the walk."""
    homes = await Homes.of(session, municipality_id)
    by_sector: dict[int | None, list[Resident]] = {}
    for one in sorted(await residents.paper_readers(session, municipality_id), key=lambda one: homes.find(one)[1]):
        by_sector.setdefault(homes.find(one)[0], []).append(one)
    return [
        Rows(
            str(sentence("Who receives the news on paper – {sector}", sector=homes.sector_name(sector_id))),
            headed(_PEOPLE),
            [(one.name or "–", one.address_street or "–", one.phone or "–") for one in people],
        )
        for sector_id, people in by_sector.items()
    ]


def _blank(municipality: Municipality) -> Blank:
    foot = sentence("{town}, telephone {phone}", town=municipality.name, phone=municipality.phone)
    return Blank(str(sentence("Urgent notice")), [str(words) for words in _FIELDS], str(foot))


def _lines(sentences: Iterable[str]) -> str:
    return "\n".join(sentences)
