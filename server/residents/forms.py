"""Numbered paper forms: keyed one after another, each with what became of it, so that a box in the archive can be counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy import func
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.accounts.models import Account
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Faults, Invalid, NotFound
from server.core.i18n import sentence
from server.mailings.service import hold_recipients
from server.residents import queries, register
from server.residents.consent import VERSION
from server.residents.form_models import FormBatch, FormState, PaperForm
from server.residents.mails import Post
from server.residents.models import Resident
from server.residents.schemas import BatchDraft, FormEntry, ResidentChange, ResidentDraft

OPENED = action("batch.opened", sentence("Opened a pile of paper forms"))
CLOSED = action("batch.closed", sentence("Closed a pile of paper forms"))
_SIGN = sentence("Tick the box if the form is signed. An unsigned one proves nothing: set it aside.")
_TWICE = sentence("A form of this number was keyed already: look at the number again.")


@dataclass(frozen=True)
class BatchCount:
    """A pile and its sheets by what became of them."""

    batch: FormBatch
    entered: int
    set_aside: int
    erased: int

    @property
    def total(self) -> int:
        """The sheets that lie in the box."""
        return self.entered + self.set_aside

    @property
    def is_right(self) -> bool:
        return self.batch.expected in {0, self.total + self.erased}


@dataclass(frozen=True)
class KeyedForm:
    """A sheet, whose it is, and who keyed it."""

    form: PaperForm
    resident: Resident | None
    by: str


async def open_batch(session: WriteSession, municipality_id: int, actor: Actor, draft: BatchDraft) -> FormBatch:
    """A new pile of forms that were printed with today's words."""
    batch = FormBatch(
        municipality_id=municipality_id,
        box=draft.box,
        expected=draft.expected,
        text_version=VERSION,
        opened_by_id=actor.account_id,
        opened_at=clock.now(),
    )
    session.add(batch)
    await session.flush()
    await record(session, municipality_id, actor.account_id, OPENED, "form_batch", batch.id)
    return batch


async def close_batch(
    session: WriteSession, municipality_id: int, actor: Actor, batch_id: int, counted: int
) -> FormBatch:
    """The box goes to the archive with as many sheets as were keyed. Raises NotFound, and Invalid for another count."""
    count = await get_batch(session, municipality_id, batch_id)
    if counted != count.total:
        said = sentence("{count} forms are keyed in this pile: count the sheets of the box again.", count=count.total)
        raise Invalid({"counted": said})
    count.batch.closed_at = count.batch.closed_at or clock.now()
    count.batch.expected = count.total
    session.add(count.batch)
    await record(session, municipality_id, actor.account_id, CLOSED, "form_batch", batch_id, {"forms": counted})
    return count.batch


async def key_form(
    session: WriteSession, post: Post, actor: Actor, batch_id: int, entry: FormEntry
) -> register.Registered:
    """Put whoever signed the form on the list, or change the person `known_id` as it says. Raises NotFound and Invalid."""
    batch = await _open(session, post.municipality.id, batch_id)
    faults = Faults()
    with faults:
        await _check_number(session, post.municipality.id, entry.form_number)
    with faults:
        if not entry.is_signed:
            raise Invalid({"is_signed": _SIGN})
    faults.refuse()
    if entry.known_id:
        change = await _added_to(session, post.municipality.id, entry)
        done = await register.change_resident(session, post, actor, entry.known_id, change)
    else:
        draft = ResidentDraft.model_validate(entry.model_dump(include=set(ResidentDraft.model_fields)))
        done = await register.add_resident(session, post, actor, draft)
    await _keep(session, batch, actor, entry.form_number, FormState.ENTERED, done.resident)
    return done


async def set_form_aside(session: WriteSession, municipality_id: int, actor: Actor, batch_id: int, number: str) -> None:
    """The sheet lies in the box and nobody is on the list because of it. Raises NotFound and Invalid."""
    batch = await _open(session, municipality_id, batch_id)
    number = " ".join(number.split())[:40]
    if not number:
        raise Invalid({"form_number": sentence("Write the number that is printed on the form.")})
    await _check_number(session, municipality_id, number)
    await _keep(session, batch, actor, number, FormState.SET_ASIDE, None)


async def list_batches(session: ReadSession, municipality_id: int, limit: int = 100) -> list[BatchCount]:
    """The piles of the town, those that are open first."""
    query = (
        select(FormBatch)
        .where(col(FormBatch.municipality_id) == municipality_id)
        .order_by(col(FormBatch.closed_at).is_not(None), col(FormBatch.id).desc())
        .limit(limit)
    )
    return await _counted(session, list(await session.scalars(query)))


async def get_batch(session: ReadSession, municipality_id: int, batch_id: int) -> BatchCount:
    """Raises NotFound."""
    query = select(FormBatch).where(col(FormBatch.municipality_id) == municipality_id, col(FormBatch.id) == batch_id)
    found = await _counted(session, list(await session.scalars(query)))
    if not found:
        raise NotFound
    return found[0]


async def list_forms(session: ReadSession, municipality_id: int, batch_id: int) -> list[KeyedForm]:
    """The sheets of a pile, the last keyed first."""
    query = (
        select(PaperForm, Resident, col(Account.name))
        .join(Account, col(Account.id) == col(PaperForm.keyed_by_id))
        .outerjoin(Resident, col(Resident.id) == col(PaperForm.resident_id))
        .where(col(PaperForm.municipality_id) == municipality_id, col(PaperForm.batch_id) == batch_id)
        .order_by(col(PaperForm.id).desc())
    )
    return [KeyedForm(*row) for row in await session.execute(query)]


def next_number(number: str) -> str:
    """The number on the sheet below: F-0099 gives F-0100."""
    figures = "".join(takewhile(str.isdigit, reversed(number)))[::-1]
    if not figures or not figures.isascii():
        return ""
    return number[: len(number) - len(figures)] + str(int(figures) + 1).zfill(len(figures))


async def _open(session: WriteSession, municipality_id: int, batch_id: int) -> FormBatch:
    await hold_recipients(session, municipality_id)
    batch = (await get_batch(session, municipality_id, batch_id)).batch
    if batch.closed_at is not None:
        raise Invalid({"": sentence("This box is closed: open another pile.")})
    return batch


async def _added_to(session: ReadSession, municipality_id: int, entry: FormEntry) -> ResidentChange:
    """What is known of somebody with what the form says on top: an empty line takes nothing away."""
    known = await queries.get_resident(session, municipality_id, entry.known_id)
    wants = (await queries.current_wants(session, municipality_id, [known.id])).get(known.id, [])
    places = await queries.place_ids_of(session, municipality_id, known.id)
    said = {name: value for name, value in entry.model_dump().items() if value}
    said |= {"wants": [*wants, *entry.wants], "place_ids": [*places, *entry.place_ids]}
    fields = ResidentChange.model_fields
    merged = {**known.model_dump(), "may_be_called": known.may_be_called, "email": known.email or "", **said}
    return ResidentChange.model_validate({name: merged[name] for name in fields if name in merged})


async def _check_number(session: ReadSession, municipality_id: int, number: str) -> None:
    query = select(col(PaperForm.id)).where(
        col(PaperForm.municipality_id) == municipality_id, col(PaperForm.number) == number
    )
    if await session.scalar(query):
        raise Invalid({"form_number": _TWICE})


async def _keep(
    session: WriteSession, batch: FormBatch, actor: Actor, number: str, state: FormState, resident: Resident | None
) -> None:
    session.add(
        PaperForm(
            municipality_id=batch.municipality_id,
            batch_id=batch.id,
            number=number,
            state=state,
            resident_id=resident.id if resident else None,
            keyed_by_id=actor.account_id,
            keyed_at=clock.now(),
        )
    )
    await session.flush()


async def _counted(session: ReadSession, batches: Sequence[FormBatch]) -> list[BatchCount]:
    query = (
        select(col(PaperForm.batch_id), col(PaperForm.state), func.count())
        .where(col(PaperForm.batch_id).in_([batch.id for batch in batches]))
        .group_by(col(PaperForm.batch_id), col(PaperForm.state))
    )
    counts = {(batch_id, FormState(state)): count for batch_id, state, count in await session.execute(query)}
    return [BatchCount(one, *(counts.get((one.id, state), 0) for state in FormState)) for one in batches]
