"""Who heard of an urgent notice and who did not, by name: the list to walk, and its ticks keyed in afterwards."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from server.accounts.dependencies import PaperStaff
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.i18n import sentence
from server.coverage.pages import figures_of
from server.coverage.ways import ToldWay
from server.coverage.words import TOLD
from server.urgent import names, queries, reach
from server.urgent.models import UrgentNotice
from server.urgent.words import WHYS
from server.web.dependencies import CurrentTown, Reading, Writing, database_of
from server.web.forms import Form, SentForm
from server.web.said import saying
from server.web.templates import page, path_for, redirect, room

router = APIRouter(dependencies=[Depends(room("urgent"))])

NOTED = saying("urgent-told", sentence("Noted. Whoever was told counts among those who were reached."))


@router.get("/desk/urgent/reach", name="urgent_reach")
async def show_reach(
    request: Request,
    session: Reading,
    town: CurrentTown,
    _staff: PaperStaff,
    matter: int = 0,
    sector: int | None = None,
) -> Response:
    """The matter that is asked for, or the last one; sector by sector, as the sheets come back."""
    last = await queries.find_last(session, town.id)
    if not matter and last is None:
        return page(request, "urgent/reach.html", {"root": None})
    root = await _matter(session, town.id, matter or (last.id if last else 0))
    found = await reach.reach_of(session, town.id, root)
    first = found.sectors[0][0] if found.sectors else None
    shown = first if sector is None else sector or None
    address = path_for(request, "urgent_reach")
    context = {
        **figures_of(found.coverage),
        "root": root,
        "sector": shown,
        "sectors": [
            (name, f"{address}?matter={root.id}&sector={one or 0}", one == shown, len(found.of_sector(one)))
            for one, name in found.sectors
        ],
        "lines": found.of_sector(shown),
        "answers": [(way.value, words) for way, words in TOLD.items()],
        "whys": WHYS,
    }
    return page(request, "urgent/reach.html", context)


@router.post("/desk/urgent/reach", name="urgent_told")
async def note_told(
    request: Request, reading: Reading, town: CurrentTown, staff: PaperStaff, form: SentForm
) -> Response:
    """The whole ledger is looked at before anything is written: nobody waits behind it."""
    root = await _matter(reading, town.id, _number(form, "matter"))
    typed = {key.removeprefix("told-"): words for key, words in form.values.items() if key.startswith("told-")}
    answers = {int(key): _way(words) for key, words in typed.items() if key.isdecimal() and len(key) < 19}
    ticks = (await reach.reach_of(reading, town.id, root)).changes(answers)
    async with database_of(request).writing() as session:
        await reach.note_told(session, town.id, staff, root, ticks)
    query = f"matter={root.id}&sector={_number(form, 'sector')}&said={NOTED}"
    return RedirectResponse(f"{path_for(request, 'urgent_reach')}?{query}", status_code=303)


@router.post("/desk/urgent/reach/sheets", name="urgent_unreached")
async def ask_for_sheets(
    request: Request, session: Writing, town: CurrentTown, staff: PaperStaff, form: SentForm
) -> Response:
    """Exactly those who have not heard yet, to walk; the next page follows it."""
    root = await _matter(session, town.id, _number(form, "matter"))
    job = await names.ask_unreached(session, town.id, staff, root.id)
    return redirect(request, "print", print_id=job.id)


async def _matter(session: ReadSession, municipality_id: int, number: int) -> UrgentNotice:
    """The message that opened the matter. Raises NotFound, for exercises too: they concern nobody on the lists."""
    urgent = await queries.get_urgent(session, municipality_id, number)
    root = await queries.get_urgent(session, municipality_id, urgent.root_id)
    if root.is_exercise or root.sent_at is None:
        raise NotFound
    return root


def _number(form: Form, name: str) -> int:
    typed = form.text(name)
    return int(typed) if typed.isdecimal() and len(typed) < 19 else 0


def _way(words: object) -> ToldWay | None:
    return next((way for way in ToldWay if way == words), None)
