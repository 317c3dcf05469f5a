"""What machines and other sites read of the urgent notices: plain text, an Atom feed, one CAP document a message."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.core.database import ReadSession
from server.core.templating import environment
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality
from server.notices.queries import get_notice
from server.urgent import queries
from server.urgent.cap import MEDIA_TYPE, cap_document
from server.urgent.content import notice_of
from server.urgent.models import UrgentNotice
from server.urgent.telling import cap_message, plain_words
from server.web.dependencies import Configuration, CurrentTown, Reading
from server.web.freshness import PUBLIC
from server.web.templates import path_for
from server.web.tenancy import Town

public_router = APIRouter()


@public_router.get("/urgent.txt", name="urgent_text_now")
async def give_text(session: Reading, town: CurrentTown) -> Response:
    municipality = await get_municipality(session, town.id)
    words = plain_words(municipality, await queries.in_force(session, town.id))
    return Response(words, media_type="text/plain; charset=utf-8", headers=PUBLIC)


@public_router.get("/urgent.atom", name="urgent_atom")
async def give_feed(request: Request, session: Reading, town: CurrentTown, configuration: Configuration) -> Response:
    """The last messages, all-clears included, each with its CAP document."""
    origin = _origin(town, configuration.url)
    municipality = await get_municipality(session, town.id)
    messages = await queries.recent_public(session, town.id)
    context = {
        "town": town,
        "updated": max((one.sent_at for one in messages if one.sent_at), default=municipality.created_at),
        "feed_url": origin + path_for(request, "urgent_atom"),
        "home": origin + path_for(request, "home"),
        "entries": [
            {
                "message": one,
                "title": notice_of(one).title,
                "cap_url": origin + path_for(request, "urgent_cap", uid=one.uid),
                "url": await _page_of(request, session, municipality, one, origin),
            }
            for one in messages
        ],
    }
    feed = environment().get_template("public/urgent.atom.xml").render(context)
    return Response(feed, media_type="application/atom+xml; charset=utf-8", headers=PUBLIC)


@public_router.get("/urgent/{uid}.cap", name="urgent_cap")
async def give_cap(
    request: Request, session: Reading, town: CurrentTown, configuration: Configuration, uid: str
) -> Response:
    municipality = await get_municipality(session, town.id)
    urgent = await queries.get_public_by_uid(session, town.id, uid[:36])
    web = await _page_of(request, session, municipality, urgent, _origin(town, configuration.url))
    return Response(
        cap_document(await cap_message(session, municipality, urgent, web)), media_type=MEDIA_TYPE, headers=PUBLIC
    )


def _origin(town: Town, instance_url: str) -> str:
    return instance_url if town.prefix else f"https://{town.host}"


async def _page_of(
    request: Request, session: ReadSession, municipality: Municipality, urgent: UrgentNotice, origin: str
) -> str:
    """Where people read more."""
    if urgent.notice_id is None:
        return origin + path_for(request, "home")
    notice = await get_notice(session, municipality.id, urgent.notice_id)
    return origin + path_for(request, "public_notice", number=notice.number)
