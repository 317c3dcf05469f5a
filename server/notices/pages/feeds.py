"""The Atom feed of the notices (RFC 4287): entries keep their name for ever, whatever address they are read at."""

from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.content.typography import typeset
from server.core.templating import environment
from server.municipalities.queries import get_municipality
from server.notices import queries
from server.notices.models import Publication
from server.notices.renderings import web_section
from server.notices.schemas import NoticeContent
from server.notices.words import KINDS
from server.web.dependencies import Configuration, CurrentTown, Reading
from server.web.freshness import PUBLIC
from server.web.templates import path_for

router = APIRouter()

# Names of feeds are made under this one.
_FEEDS = UUID("5f0f8d4e-0f4b-4a43-9d0a-6d8c1f1b7a52")


@router.get("/notices.atom", name="notices_atom")
async def give_feed(request: Request, session: Reading, town: CurrentTown, configuration: Configuration) -> Response:
    origin = configuration.url if town.prefix else f"https://{town.host}"

    def absolute(route: str, **params: Any) -> str:
        return origin + path_for(request, route, **params)

    def entry(publication: Publication) -> dict[str, Any]:
        content = NoticeContent.thawed(publication.content)
        html = web_section(content, lambda picture_id: absolute("picture", picture_id=picture_id))
        return {
            "publication": publication,
            "title": typeset(publication.title, publication.language),
            "summary": typeset(publication.summary, publication.language),
            "url": absolute("public_notice", number=publication.number),
            "kind": KINDS[publication.kind],
            "html": str(html),
        }

    municipality = await get_municipality(session, town.id)
    publications = await queries.recent_publications(session, town.id)
    context = {
        "town": town,
        "id": uuid5(_FEEDS, f"{municipality.id} {municipality.created_at.isoformat()}"),
        "updated": max((one.published_at for one in publications), default=municipality.created_at),
        "feed_url": absolute("notices_atom"),
        "home": absolute("public_notices"),
        "entries": [entry(one) for one in publications],
    }
    feed = environment().get_template("public/notices.atom.xml").render(context)
    return Response(feed, media_type="application/atom+xml; charset=utf-8", headers=PUBLIC)
