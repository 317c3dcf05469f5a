"""Bringing in a list: a file, where it comes from, and a report that names each wrong line."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Counter
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.residents import queries
from server.residents.csv_rows import MOST_BYTES
from server.residents.importing import ImportReport, import_residents
from server.residents.models import Topic
from server.residents.pages.common import as_list
from server.web.dependencies import CurrentTown, Keys, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.templates import page, room

router = APIRouter(dependencies=[Depends(room("residents"))])


@router.get("/desk/residents/import", name="residents_import")
async def show_import(request: Request, session: Reading, town: CurrentTown, _staff: Counter) -> Response:
    return _page(request, await queries.list_topics(session, town.id), {})


@router.post("/desk/residents/import", name="residents_bring_in")
async def bring_in(
    request: Request, session: Writing, town: CurrentTown, staff: Counter, secrets: Keys, form: SentForm
) -> Response:
    content = await _content(form)
    topics = await queries.list_topics(session, town.id)
    with asking_again(lambda errors, _: _page(request, topics, form.values, errors)):
        if not content:
            raise Invalid({"file": sentence("Choose a file.")})
        report = await import_residents(
            session,
            secrets,
            town.id,
            staff,
            content,
            declared_origin=form.text("declared_origin"),
            topic_ids=[int(one) for one in form.texts("topic_ids") if one.isdecimal() and len(one) < 18],
        )
    return _page(request, topics, form.values, report=report)


async def _content(form: SentForm) -> bytes:
    """One byte more than is taken is enough to refuse it."""
    file = form.file("file")
    return await file.read(MOST_BYTES + 1) if file else b""


def _page(
    request: Request,
    topics: list[Topic],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    report: ImportReport | None = None,
) -> HTMLResponse:
    context = {
        "topic_options": [(topic.id, topic.name) for topic in topics],
        "values": {
            "declared_origin": values.get("declared_origin", ""),
            "topic_ids": as_list(values.get("topic_ids")),
        },
        "errors": errors or {},
        "report": report,
    }
    return page(request, "residents/import.html", context, status=422 if errors or (report and report.bad) else 200)
