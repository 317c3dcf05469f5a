"""A notice's life: submitted, returned, approved as exactly what was read, published, withdrawn."""

from datetime import datetime

from sqlmodel import col, update

from server.accounts.actors import Actor
from server.content.lint import Finding
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import sentence
from server.notices import queries
from server.notices.checks import blocking, find_problems
from server.notices.content import picture_ids
from server.notices.models import Notice, NoticeState, NoticeStepKind, Publication, PublicationEnd
from server.notices.schemas import NoticeContent
from server.notices.service.pictures import stop_using_pictures, use_pictures
from server.notices.service.records import move, note_step
from server.notices.signatures import PaperSignature, check_signature

_CHANGED = sentence("This notice has changed since you opened this page. Read it again.")
_NOT_NOW = sentence("This is not possible in the state this notice is in now. Look at it again.")


async def find_findings(session: ReadSession, municipality_id: int, content: NoticeContent) -> list[Finding]:
    """What blocks the publication of `content`, and what would make it better."""
    known = await queries.known_pictures(session, municipality_id, picture_ids(content))
    return find_problems(content, known.keys(), clock.today())


async def submit_notice(session: WriteSession, municipality_id: int, actor: Actor, notice_id: int) -> Notice:
    """Ask for approval. Raises Invalid with what blocks publication, Conflict if it is no draft."""
    notice = await _in_state(session, municipality_id, notice_id, NoticeState.DRAFT)
    await _refuse_blocked(session, notice)
    await _go(session, notice, NoticeState.SUBMITTED)
    await note_step(session, notice, NoticeStepKind.SUBMITTED, actor)
    return notice


async def return_notice(session: WriteSession, municipality_id: int, actor: Actor, notice_id: int, note: str) -> Notice:
    """Give it back to its author with a word of why. Raises Invalid, Conflict."""
    if not note.strip():
        raise Invalid({"note": sentence("Say what should be changed.")})
    notice = await _in_state(session, municipality_id, notice_id, NoticeState.SUBMITTED, NoticeState.APPROVED)
    await _go(session, notice, NoticeState.DRAFT)
    await note_step(session, notice, NoticeStepKind.RETURNED, actor, note.strip()[:1000])
    return notice


async def approve_notice(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    notice_id: int,
    revision: int,
    content_hash: str,
    signature: PaperSignature | None = None,
) -> Notice:
    """Approve exactly the text that was read: `revision` and `content_hash` are those the page showed.

    A publisher may approve a draft without submitting it to anybody; both steps are recorded. With a `signature`, whoever
    signed the proof on paper approves, and the publisher keys it in. Raises Conflict, Invalid.
    """
    notice = await _in_state(session, municipality_id, notice_id, NoticeState.DRAFT, NoticeState.SUBMITTED)
    if (notice.revision, notice.content_hash) != (revision, content_hash):
        raise Conflict(_CHANGED, "content_changed")
    if signature:
        last = await queries.last_version(session, municipality_id, notice_id)
        check_signature(signature, content_hash, last.version.saved_at)
    await _refuse_blocked(session, notice)
    is_draft = notice.state is NoticeState.DRAFT
    await _go(session, notice, NoticeState.APPROVED)
    if is_draft:
        await note_step(session, notice, NoticeStepKind.SUBMITTED, actor)
    await note_step(session, notice, NoticeStepKind.APPROVED, actor, signature=signature)
    return notice


async def publish_notice(
    session: WriteSession, municipality_id: int, actor: Actor, notice_id: int, content_hash: str
) -> Publication:
    """Make the approved text public in place of the one before, if any. Raises Conflict, Invalid."""
    notice = await _in_state(session, municipality_id, notice_id, NoticeState.APPROVED)
    content = NoticeContent.of(notice)
    if not notice.content_hash == content.content_hash == content_hash:
        raise Conflict(_CHANGED, "content_changed")
    await _refuse_blocked(session, notice)
    now = clock.now()
    await _go(session, notice, NoticeState.PUBLISHED, published_at=notice.published_at or now)
    await _end_earlier(session, notice, now)
    publication = _publication(notice, content, actor, now)
    session.add(publication)
    await session.flush()
    await use_pictures(session, municipality_id, _user(notice.id), picture_ids(content))
    await note_step(session, notice, NoticeStepKind.PUBLISHED, actor)
    return publication


async def withdraw_notice(
    session: WriteSession, municipality_id: int, actor: Actor, notice_id: int, note: str = ""
) -> Notice:
    """Residents no longer see any text of it, in the archive neither. Raises Conflict if they see none."""
    notice = await queries.get_notice(session, municipality_id, notice_id)
    public = await queries.find_last_publication(session, municipality_id, notice_id)
    if public is None or public.ended_as is PublicationEnd.WITHDRAWN:
        raise Conflict(_NOT_NOW, "wrong_state")
    public.ended_at = public.ended_at or clock.now()
    public.ended_as = PublicationEnd.WITHDRAWN
    session.add(public)
    await stop_using_pictures(session, municipality_id, _user(notice_id))
    await _go(session, notice, NoticeState.WITHDRAWN)
    await note_step(session, public, NoticeStepKind.WITHDRAWN, actor, note.strip()[:1000])
    return notice


async def discard_notice(session: WriteSession, municipality_id: int, actor: Actor, notice_id: int) -> Notice:
    """Give up a text that residents have not seen; its number stays taken. Raises Conflict if it is public."""
    states = (NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.APPROVED)
    notice = await _in_state(session, municipality_id, notice_id, *states)
    if await queries.find_in_force(session, municipality_id, notice_id):
        raise Conflict(sentence("Residents see this notice: withdraw it instead."), "is_public")
    await _go(session, notice, NoticeState.WITHDRAWN)
    await note_step(session, notice, NoticeStepKind.DISCARDED, actor)
    return notice


async def _in_state(session: WriteSession, municipality_id: int, notice_id: int, *states: NoticeState) -> Notice:
    notice = await queries.get_notice(session, municipality_id, notice_id)
    if notice.state not in states:
        raise Conflict(_NOT_NOW, "wrong_state")
    return notice


async def _go(session: WriteSession, notice: Notice, state: NoticeState, **values: object) -> None:
    if not await move(session, notice, state=state, **values):
        raise Conflict(_CHANGED, "content_changed")


async def _refuse_blocked(session: WriteSession, notice: Notice) -> None:
    fields = blocking(await find_findings(session, notice.municipality_id, NoticeContent.of(notice)))
    if fields:
        raise Invalid(fields, sentence("This notice cannot be published yet."))


async def _end_earlier(session: WriteSession, notice: Notice, now: datetime) -> None:
    """One publication of a notice is not replaced: the last. That it had expired before stands among the steps."""
    earlier = col(Publication.notice_id) == notice.id
    for values, condition in (
        ({"ended_at": now}, col(Publication.ended_at).is_(None)),
        ({"ended_as": PublicationEnd.REPLACED}, col(Publication.ended_at).is_not(None)),
    ):
        await session.execute(
            update(Publication).where(earlier, condition).values(values).execution_options(synchronize_session=False)
        )


def _publication(notice: Notice, content: NoticeContent, actor: Actor, now: datetime) -> Publication:
    copied = Publication.model_fields.keys() & NoticeContent.model_fields.keys()
    return Publication(
        municipality_id=notice.municipality_id,
        notice_id=notice.id,
        uid=notice.uid,
        number=notice.number,
        revision=notice.revision,
        content=content.frozen(),
        content_hash=content.content_hash,
        first_published_at=notice.published_at or now,
        published_at=now,
        published_by_id=actor.account_id,
        **{name: getattr(content, name) for name in copied},
    )


def _user(notice_id: int) -> str:
    """What a picture's use is called."""
    return f"notice:{notice_id}"
