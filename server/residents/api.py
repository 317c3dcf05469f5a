"""Residents and topics for programs: the same use cases as the counter's pages."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from server.accounts.actors import Actor
from server.accounts.dependencies import scoped
from server.core.database import ReadSession
from server.residents import queries, register
from server.residents.dependencies import TownsPost
from server.residents.erasure import erase_resident
from server.residents.leaving import stop_writing
from server.residents.models import Channel, ConsentWay, Resident
from server.residents.queries import ResidentFilter
from server.residents.schemas import ResidentChange, ResidentDraft, ResidentView, Said, TopicView
from server.web.dependencies import CurrentTown, Keys, Reading, Writing
from server.web.forms import validated
from server.web.pagination import AskedSlice, Listing

router = APIRouter()

Reader = Annotated[Actor, Depends(scoped("residents:read"))]
Writer = Annotated[Actor, Depends(scoped("residents:write"))]


class Registration(BaseModel):
    """What became of somebody written down. By email alone, without a signed form, they are on the list only once the
    owner of the address has said yes: until then there is no `resident`.
    """

    resident: ResidentView | None
    waits_for_yes: bool


@router.get("/topics", tags=["topics"])
async def list_topics(session: Reading, town: CurrentTown, _actor: Reader) -> list[TopicView]:
    """What one may subscribe to, in its order."""
    return [
        TopicView.model_validate(topic, from_attributes=True) for topic in await queries.list_topics(session, town.id)
    ]


@router.get("/residents", tags=["residents"])
async def list_residents(
    session: Reading,
    town: CurrentTown,
    _actor: Reader,
    asked: AskedSlice,
    q: Annotated[str, Query(max_length=100)] = "",
    channel: Channel | None = None,
    topic_id: int | None = None,
    place_id: int | None = None,
    has_left: bool = False,
) -> Listing[ResidentView]:
    """The people of the list by name, or those who left it."""
    wanted = ResidentFilter(q, channel, topic_id, place_id, has_left=has_left)
    found = await queries.list_residents(session, town.id, wanted, asked)
    return Listing[ResidentView].of(found, await _views(session, town.id, [line.resident for line in found.items]))


@router.get("/residents/{resident_id}", tags=["residents"])
async def get_resident(session: Reading, town: CurrentTown, _actor: Reader, resident_id: int) -> ResidentView:
    return await _view(session, await queries.get_resident(session, town.id, resident_id))


@router.post("/residents", status_code=201, tags=["residents"], responses={202: {"model": Registration}})
async def add_resident(
    session: Writing, town: CurrentTown, actor: Writer, post: TownsPost, draft: ResidentDraft, response: Response
) -> Registration:
    """`way` says how they asked; an address of email needs a signed form (`paper` and its `form_number`) or waits (202)."""
    done = await register.add_resident(session, post, actor, draft)
    response.status_code = 202 if done.resident is None else 201
    return await _registration(session, done)


@router.patch("/residents/{resident_id}", tags=["residents"])
async def change_resident(
    session: Writing, town: CurrentTown, actor: Writer, post: TownsPost, resident_id: int, change: ResidentChange
) -> Registration:
    """Change some fields. Those that are left out stay as they are."""
    current = (await _view(session, await queries.get_resident(session, town.id, resident_id))).model_dump()
    known = {name: current[name] for name in ResidentChange.model_fields if name in current}
    known |= {"email": current["email"] or "", "way": ConsentWay.MAIL}
    whole = validated(ResidentChange, known | change.model_dump(exclude_unset=True))
    return await _registration(session, await register.change_resident(session, post, actor, resident_id, whole))


@router.post("/residents/{resident_id}/departure", tags=["residents"])
async def note_departure(
    session: Writing, town: CurrentTown, actor: Writer, resident_id: int, said: Said
) -> ResidentView:
    """They asked for nothing more, by any channel."""
    return await _view(session, await stop_writing(session, town.id, actor, resident_id, said))


@router.delete("/residents/{resident_id}", status_code=204, tags=["residents"])
async def erase(session: Writing, town: CurrentTown, actor: Writer, secrets: Keys, resident_id: int) -> None:
    """For ever: nothing names them any more."""
    await erase_resident(session, secrets, town.id, actor, resident_id)


async def _registration(session: ReadSession, done: register.Registered) -> Registration:
    view = None if done.resident is None else await _view(session, done.resident)
    return Registration(resident=view, waits_for_yes=done.waits_for_yes)


async def _view(session: ReadSession, resident: Resident) -> ResidentView:
    return (await _views(session, resident.municipality_id, [resident]))[0]


async def _views(session: ReadSession, municipality_id: int, residents: Sequence[Resident]) -> list[ResidentView]:
    ids = [one.id for one in residents]
    wants = await queries.current_wants(session, municipality_id, ids)
    places = await queries.chosen_places(session, municipality_id, ids)
    return [
        ResidentView.model_validate(
            {
                **one.model_dump(),
                "may_be_called": one.may_be_called,
                "wants": wants.get(one.id, []),
                "place_ids": places.get(one.id, []),
            }
        )
        for one in residents
    ]
