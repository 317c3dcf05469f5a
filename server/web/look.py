"""The town's colour, as the one style sheet that differs between towns."""

from fastapi import APIRouter
from fastapi.responses import Response

from server.web.dependencies import CurrentTown

router = APIRouter()

_SHEET = """:root {{ --civic: {light}; }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ --civic: {dark}; }} }}
"""


@router.get("/look.css", name="look")
async def look(town: CurrentTown) -> Response:
    sheet = _SHEET.format(light=town.civic, dark=town.civic_dark)
    return Response(sheet, media_type="text/css", headers={"cache-control": "public, max-age=300"})
