"""What stands beside a notice's text: how it fits everywhere, and the pages of one printed product as pictures."""

from typing import Annotated, Any

from fastapi import Query, Request

from server.notices.everywhere import Everywhere
from server.notices.models import Notice
from server.notices.on_paper import NAMES
from server.press.errors import PressError
from server.web.pictures import held
from server.web.templates import path_for

Shown = Annotated[str, Query(alias="show", max_length=20)]
"""Which product is shown; any word that names none means the first poster."""


async def renderings(
    request: Request, everywhere: Everywhere, notice: Notice, asked: str, *, is_saved: bool = True
) -> dict[str, Any]:
    """The context of notices/renderings.html. Pictures of a text that nobody has saved travel inside the page."""
    code = asked if asked in NAMES else everywhere.paper.first
    return {
        "everywhere": everywhere,
        "notice": notice,
        "shown": code,
        "products": NAMES,
        "sheets": await _sheets(request, everywhere, notice, code, is_saved=is_saved),
    }


async def _sheets(request: Request, everywhere: Everywhere, notice: Notice, code: str, *, is_saved: bool) -> list[str]:
    try:
        looked = await everywhere.paper.look(code)
        if not is_saved and looked.pages:
            return [held(await everywhere.paper.picture(code, at)) for at in range(1, looked.pages + 1)]
    except PressError:
        return []
    mark = f"?of={notice.content_hash[:12]}"
    return [
        path_for(request, "notice_sheet", notice_id=notice.id, product=code, sheet=sheet) + mark
        for sheet in range(1, looked.pages + 1)
    ]
