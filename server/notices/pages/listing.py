"""The list of notices: searched, filtered by state and kind, fifty a page."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from server.accounts.dependencies import Poster
from server.accounts.models import Role
from server.core.i18n import sentence
from server.notices import queries
from server.notices.models import NoticeState
from server.notices.words import KINDS, MARKS
from server.web.dependencies import CurrentTown, Reading
from server.web.pagination import AskedSlice, LinkedPage
from server.web.templates import page, room

router = APIRouter(dependencies=[Depends(room("notices"))])

_FILTERS = (
    ("", sentence("All")),
    (NoticeState.DRAFT, sentence("Drafts")),
    (NoticeState.SUBMITTED, sentence("To approve")),
    (NoticeState.APPROVED, sentence("To publish")),
    ("public", sentence("Public now")),
    (NoticeState.EXPIRED, sentence("Expired")),
    (NoticeState.WITHDRAWN, sentence("Withdrawn")),
)


@router.get("/desk/notices", name="notices")
async def show_notices(
    request: Request,
    session: Reading,
    town: CurrentTown,
    staff: Poster,
    asked: AskedSlice,
    q: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    wanted = queries.NoticeFilter(q, state, kind)
    notices = LinkedPage(await queries.list_notices(session, town.id, wanted, asked), request)
    counts = await queries.count_by_state(session, town.id)
    context = {
        "notices": notices,
        "wanted": wanted,
        "states": _links(wanted, counts),
        "kinds": [(kind.value, words) for kind, words in KINDS.items()],
        "kind_names": KINDS,
        "marks": MARKS,
        "is_filtered": bool(q or state or kind),
        "can_write": staff.has_role(Role.EDITOR, Role.PUBLISHER),
    }
    return page(request, "notices/list.html", context)


def _links(wanted: queries.NoticeFilter, counts: dict[str, int]) -> list[tuple[Any, ...]]:
    """The filters by state; each keeps the words and the kind looked for."""
    kept = {"q": wanted.words, "kind": wanted.kind}
    return [
        (words, _url(kept | {"state": state}), wanted.state == state, counts.get(state) if state else None)
        for state, words in _FILTERS
    ]


def _url(parameters: dict[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in parameters.items() if value})
