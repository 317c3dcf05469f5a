"""The settings page of topics: what residents can subscribe to, in which order."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Administrator
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.residents import queries, topics
from server.residents.schemas import TopicDraft
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room
from server.web.tenancy import Town

router = APIRouter(dependencies=[Depends(room("settings"))])

SAVED = saying("topic-saved", sentence("The topic is saved."))
ORDERED = saying("topics-ordered", sentence("The order is saved."))
ARCHIVED = saying("topic-archived", sentence("The topic is archived: nobody can choose it any more."))
RESTORED = saying("topic-restored", sentence("The topic can be chosen again, and who had it has it still."))


@router.get("/desk/settings/topics", name="topics")
async def show_topics(request: Request, session: Reading, town: CurrentTown, _staff: Administrator) -> Response:
    return _list_page(request, await _known(session, town), {})


@router.post("/desk/settings/topics", name="topic_add")
async def add_topic(
    request: Request, session: Writing, town: CurrentTown, staff: Administrator, form: SentForm
) -> Response:
    known = await _known(session, town)
    with asking_again(lambda errors, _: _list_page(request, known, form.values, errors)):
        await topics.add_topic(session, town.id, staff, form.parse(TopicDraft))
    return redirect(request, "topics", said=SAVED)


@router.post("/desk/settings/topics/order", name="topics_order")
async def order_topics(
    request: Request, session: Writing, town: CurrentTown, _staff: Administrator, form: SentForm
) -> Response:
    """Fields are called "place-12": the topic, and its place in the order."""
    numbers = {
        int(name.removeprefix("place-")): int(value)
        for name, value in form.values.items()
        if name.removeprefix("place-").isdecimal() and isinstance(value, str) and value.isdecimal()
    }
    await topics.order_topics(session, town.id, numbers)
    return redirect(request, "topics", said=ORDERED)


@router.get("/desk/settings/topics/{topic_id:int}", name="topic")
async def show_topic(
    request: Request, session: Reading, town: CurrentTown, _staff: Administrator, topic_id: int
) -> Response:
    topic = await queries.get_topic(session, town.id, topic_id)
    return await _topic_page(request, session, town, topic_id, topic.model_dump())


@router.post("/desk/settings/topics/{topic_id:int}", name="topic_change")
async def change_topic(
    request: Request, session: Writing, town: CurrentTown, staff: Administrator, form: SentForm, topic_id: int
) -> Response:
    again = await _topic_context(session, town, topic_id, form.values)
    with asking_again(lambda errors, _: page(request, "residents/topic.html", again | {"errors": errors}, status=422)):
        await topics.change_topic(session, town.id, staff, topic_id, form.parse(TopicDraft))
    return redirect(request, "topics", said=SAVED)


@router.post("/desk/settings/topics/{topic_id:int}/archive", name="topic_archive")
async def archive_topic(
    request: Request, session: Writing, town: CurrentTown, staff: Administrator, topic_id: int
) -> Response:
    topic = await queries.get_topic(session, town.id, topic_id)
    again = await _topic_context(session, town, topic_id, topic.model_dump())
    with asking_again(lambda errors, _: page(request, "residents/topic.html", again | {"errors": errors}, status=422)):
        await topics.archive_topic(session, town.id, staff, topic_id)
    return redirect(request, "topics", said=ARCHIVED)


@router.post("/desk/settings/topics/{topic_id:int}/return", name="topic_restore")
async def restore_topic(
    request: Request, session: Writing, town: CurrentTown, staff: Administrator, topic_id: int
) -> Response:
    await topics.restore_topic(session, town.id, staff, topic_id)
    return redirect(request, "topics", said=RESTORED)


async def _known(session: ReadSession, town: Town) -> dict[str, Any]:
    return {
        "all_topics": await queries.list_all_topics(session, town.id),
        "people": await queries.count_by_topic(session, town.id),
    }


def _list_page(
    request: Request, known: Mapping[str, Any], values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> HTMLResponse:
    context = {**known, "values": values, "errors": errors or {}}
    return page(request, "residents/topics.html", context, status=422 if errors else 200)


async def _topic_context(session: ReadSession, town: Town, topic_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    topic = await queries.get_topic(session, town.id, topic_id)
    people = await topics.subscribers_of(session, town.id, topic_id)
    return {"topic": topic, "values": dict(values), "people": people, "errors": {}}


async def _topic_page(
    request: Request, session: ReadSession, town: Town, topic_id: int, values: Mapping[str, Any]
) -> HTMLResponse:
    return page(request, "residents/topic.html", await _topic_context(session, town, topic_id, values))
