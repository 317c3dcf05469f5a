"""The page of one notice: the text as residents will read it, its renderings, what can be done, its history."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from server.accounts.actors import Actor
from server.accounts.dependencies import Poster
from server.accounts.models import Role
from server.core import clock
from server.core.i18n import Message, sentence
from server.notices import queries
from server.notices.beside import parts_beside
from server.notices.checks import blocking
from server.notices.everywhere import Everywhere, look_everywhere, posted_on
from server.notices.models import Notice, NoticeKind, NoticeState, Publication, PublicationEnd
from server.notices.pages.article import article
from server.notices.pages.beside import Shown, renderings
from server.notices.queries import TakenStep
from server.notices.schemas import NoticeContent
from server.notices.signatures import signed_words
from server.notices.words import KINDS, MARKS, STEPS
from server.web.dependencies import CurrentTown, Files, Reading
from server.web.templates import page, path_for, room

router = APIRouter(dependencies=[Depends(room("notices"))])


@router.get("/desk/notices/{notice_id}", name="notice")
async def show_notice(
    request: Request,
    session: Reading,
    town: CurrentTown,
    files: Files,
    staff: Poster,
    notice_id: int,
    check: Annotated[str, Query(max_length=20)] = "",
    show: Shown = "",
) -> Response:
    """`check` is what kept a step from being taken: something in the "text", or a missing "note"."""
    notice = await queries.get_notice(session, town.id, notice_id)
    content = NoticeContent.of(notice)
    everywhere = await look_everywhere(session, files, town.id, content, notice.number, posted_on(notice))
    public = await queries.find_last_publication(session, town.id, notice_id)

    def picture_path(number: int) -> str:
        return path_for(request, "desk_picture", picture_id=number)

    context: dict[str, Any] = {
        "article": article(content, everywhere.pictures, picture_path),
        "mark": MARKS[notice.state],
        "kind": KINDS[notice.kind],
        "public": public if public and public.ended_as is not PublicationEnd.WITHDRAWN else None,
        "is_in_force": public is not None and public.ended_at is None,
        "waits_until": public.valid_from if public and (public.valid_from or clock.today()) > clock.today() else None,
        "is_same_text": public is not None and public.content_hash == notice.content_hash,
        "can": _possible(notice, public, staff),
        "last": await queries.last_version(session, town.id, notice_id),
        "steps": [_said(taken) for taken in await queries.list_steps(session, town.id, notice_id)],
        "versions": await queries.list_versions(session, town.id, notice_id),
        "asides": await queries.list_open_asides(session, town.id, notice_id),
        "errors": _refused(check, everywhere),
        "beside": await parts_beside(session, town.id, notice_id),
    }
    context |= await renderings(request, everywhere, notice, show)
    return page(request, "notices/show.html", context)


def _refused(check: str, everywhere: Everywhere) -> dict[str, str]:
    if check == "note":
        return {"note": str(sentence("Say what should be changed."))}
    if check == "text":
        return {f"finding-{name}": str(words) for name, words in blocking(everywhere.findings).items()}
    return {}


def _possible(notice: Notice, public: Publication | None, staff: Actor) -> set[str]:
    """What this person can do with the notice now."""
    can_write, can_publish = staff.has_role(Role.EDITOR, Role.PUBLISHER), staff.has_role(Role.PUBLISHER)
    state = notice.state
    is_in_force = public is not None and public.ended_at is None
    is_seen = public is not None and public.ended_as is not PublicationEnd.WITHDRAWN
    is_in_work = state in {NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.APPROVED}
    is_posted_act = is_in_force and public is not None and public.kind is NoticeKind.OFFICIAL_ACT
    possible = {
        "write": can_write and not is_posted_act,
        "submit": can_write and not can_publish and state is NoticeState.DRAFT,
        "approve": can_publish and state in {NoticeState.DRAFT, NoticeState.SUBMITTED},
        "return": can_publish and state in {NoticeState.SUBMITTED, NoticeState.APPROVED},
        "publish": can_publish and state is NoticeState.APPROVED,
        "withdraw": can_publish and is_seen,
        "discard": can_write and is_in_work and not is_in_force,
        "duplicate": can_write,
    }
    return {name for name, is_possible in possible.items() if is_possible}


def _said(taken: TakenStep) -> dict[str, Any]:
    step = taken.step
    words: Message = sentence(STEPS[step.kind].msgid, who=taken.by or "")
    signed = signed_words(step.signed_by, step.signed_on)
    return {"words": words, "note": step.note, "signed": signed, "at": step.at, "content_hash": step.content_hash}
