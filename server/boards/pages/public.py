"""What hangs where, for everybody's programs: JSON and Atom."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from server.boards.models import Board
from server.boards.queries.boards import list_boards
from server.boards.queries.postings import PostedSheet, list_hanging
from server.boards.words import KINDS
from server.core.clock import PARIS
from server.core.database import ReadSession
from server.core.templating import environment
from server.municipalities.queries import get_municipality
from server.web.dependencies import Configuration, CurrentTown, Reading
from server.web.freshness import PUBLIC
from server.web.templates import path_for

router = APIRouter()

# Names of feeds are made under this one.
_FEEDS = UUID("2f4c1f0a-7a4e-4d0b-9a55-0c4a3a6f5b21")


@router.get("/boards.json", name="public_boards")
async def tell_boards(request: Request, session: Reading, town: CurrentTown, settings: Configuration) -> Response:
    """The boards, and by the register what hangs on each of them now."""
    found = await _boards(session, town.id)
    address = settings.url if town.prefix else f"https://{town.host}"
    told = [
        {
            "name": board.name,
            "location": board.location,
            "kind": board.kind.value,
            "latitude": board.latitude,
            "longitude": board.longitude,
            "visited_on": _day(board.visited_on),
            "sheets": [
                {
                    "number": sheet.number,
                    "title": sheet.title,
                    "url": address + path_for(request, "public_notice", number=sheet.number),
                    "format": sheet.posting.format.value,
                    "since": _day(sheet.posting.hung_on),
                    "seen_on": _day(sheet.posting.seen_on),
                    "until": _day(sheet.posting.last_on),
                }
                for sheet in sheets
            ],
        }
        for board, sheets in found
    ]
    return JSONResponse({"town": town.name, "boards": told}, headers=PUBLIC)


@router.get("/boards.atom", name="boards_atom")
async def give_feed(request: Request, session: Reading, town: CurrentTown, settings: Configuration) -> Response:
    """One entry for each board, new whenever something on it changed."""
    origin = settings.url if town.prefix else f"https://{town.host}"
    municipality = await get_municipality(session, town.id)

    def entry(board: Board, sheets: list[PostedSheet]) -> dict[str, Any]:
        days = [one.posting.hung_on for one in sheets if one.posting.hung_on]
        return {
            "id": uuid5(_FEEDS, f"{municipality.id} {board.id}"),
            "title": board.name,
            "kind": KINDS[board.kind],
            "where": board.location,
            "updated": _moment(max(days)) if days else board.created_at,
            "sheets": [(one, origin + path_for(request, "public_notice", number=one.number)) for one in sheets],
        }

    entries = [entry(board, sheets) for board, sheets in await _boards(session, town.id)]
    context = {
        "town": town,
        "id": uuid5(_FEEDS, f"{municipality.id} {municipality.created_at.isoformat()}"),
        "updated": max((one["updated"] for one in entries), default=municipality.created_at),
        "feed_url": origin + path_for(request, "boards_atom"),
        "home": origin + path_for(request, "home"),
        "entries": entries,
    }
    feed = environment().get_template("public/boards.atom.xml").render(context)
    return Response(feed, media_type="application/atom+xml; charset=utf-8", headers=PUBLIC)


async def _boards(session: ReadSession, municipality_id: int) -> list[tuple[Board, list[PostedSheet]]]:
    """A sheet of a withdrawn notice still hangs until somebody takes it down, but is told no more."""
    hanging = [one for one in await list_hanging(session, municipality_id) if not one.is_withdrawn]
    boards = await list_boards(session, municipality_id)
    return [(board, [one for one in hanging if one.posting.board_id == board.id]) for board in boards]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)
