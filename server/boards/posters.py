"""The poster of a public notice, as it hangs: the text residents read, on the format planned."""

from dataclasses import replace

from server.boards.kinds import SheetFormat
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.files import FileStore
from server.municipalities.queries import get_municipality
from server.notices.everywhere import SHELF, poster_draft
from server.notices.queries import find_last_publication
from server.notices.renderings import PosterChoice, PosterDraft
from server.notices.schemas import NoticeContent
from server.press.errors import PressError


async def choose_poster(
    session: ReadSession, files: FileStore, municipality_id: int, notice_id: int, size: SheetFormat
) -> PosterChoice:
    """The whole text if it fits, else its sentence. Raises NotFound if nothing of it was public, PressError."""
    public = await find_last_publication(session, municipality_id, notice_id)
    if public is None:
        raise NotFound
    municipality = await get_municipality(session, municipality_id)
    content = NoticeContent.thawed(public.content)
    posted = clock.day_of(public.first_published_at)
    draft = await poster_draft(session, files, municipality, content, public.number, posted)
    short = replace(draft.short, format=size.value) if draft.short else None
    return await SHELF.choose(PosterDraft(replace(draft.full, format=size.value), short))


async def count_sheets(
    session: ReadSession, files: FileStore, municipality_id: int, notice_id: int, size: SheetFormat
) -> int:
    """How many sheets of a format the poster takes; one, where the press cannot tell."""
    try:
        choice = await choose_poster(session, files, municipality_id, notice_id, size)
    except PressError:
        return 1
    return 1 if choice.is_short else choice.fit.pages
