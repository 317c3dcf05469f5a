"""The door of the instance: the list of towns, or the only one; what programs that read everything should know."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from server.core.errors import NotFound
from server.municipalities import queries
from server.web.dependencies import Configuration, Reading
from server.web.templates import page

router = APIRouter()


@router.get("/", name="instance")
async def show_towns(request: Request, session: Reading) -> Response:
    """An instance of one town has no door: one is at home."""
    towns = await queries.list_municipalities(session)
    if len(towns) == 1:
        return RedirectResponse(f"/{towns[0].slug}/", status_code=307)
    return page(request, "instance/towns.html", {"towns": towns})


@router.get("/hosts", name="hosts")
async def knows_host(session: Reading, settings: Configuration, domain: str = "") -> PlainTextResponse:
    """For the proxy, before it asks for a certificate: whether we or one of the towns answer to this name of the web."""
    is_ours = domain.lower() == urlsplit(settings.url).hostname
    if not is_ours and await queries.find_by_host_or_slug(session, domain.lower(), "") is None:
        raise NotFound
    return PlainTextResponse("yes\n")


@router.get("/robots.txt", name="robots")
async def robots() -> PlainTextResponse:
    return PlainTextResponse(
        "User-agent: *\nDisallow: /desk\nDisallow: /*/desk\nDisallow: /*/residents\nDisallow: /operator\n"
    )
