"""The door of the instance: the list of towns, or the only one; what programs that read everything should know."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from server.municipalities import queries
from server.web.dependencies import Reading
from server.web.templates import page

router = APIRouter()


@router.get("/", name="instance")
async def show_towns(request: Request, session: Reading) -> Response:
    """An instance of one town has no door: one is at home."""
    towns = await queries.list_municipalities(session)
    if len(towns) == 1:
        return RedirectResponse(f"/{towns[0].slug}/", status_code=307)
    return page(request, "instance/towns.html", {"towns": towns})


@router.get("/robots.txt", name="robots")
async def robots() -> PlainTextResponse:
    return PlainTextResponse("User-agent: *\nDisallow: /*/desk\nDisallow: /*/residents\n")
