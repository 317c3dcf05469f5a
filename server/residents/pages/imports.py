"""Bringing in a list: a file is read into quarantine, looked at, its origin declared, and it can be undone for a week."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Counter
from server.core import clock
from server.core.database import ReadSession
from server.core.i18n import Message, sentence, translate
from server.residents import importing, queries
from server.residents.import_models import ImportState, ListImport
from server.residents.list_reading import as_message
from server.residents.lists.columns import FIELDS
from server.residents.lists.reading import MOST_BYTES
from server.residents.models import Topic
from server.residents.pages.common import as_list
from server.residents.queries import imports
from server.residents.words import FIELD_NAMES, IMPORT_STATES, OUTCOMES
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import Form, SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("residents"))])

READ_AGAIN = saying("import-again", sentence("The list is read again with these columns."))
DISCARDED = saying("import-discarded", sentence("The list is discarded. Nothing is kept of the people in it."))
UNDONE = saying("import-undone", sentence("The import is undone, but for people who have said something since."))
_MOVING = (ImportState.READING, ImportState.WRITING)


@router.get("/desk/residents/import", name="residents_import")
async def show_import(request: Request, session: Reading, town: CurrentTown, _staff: Counter) -> Response:
    topics = await queries.list_topics(session, town.id)
    return _page(request, topics, {}, await imports.list_imports(session, town.id))


@router.post("/desk/residents/import", name="residents_bring_in")
async def bring_in(request: Request, session: Writing, town: CurrentTown, staff: Counter, form: SentForm) -> Response:
    file = form.file("file")
    # One byte more than is taken is enough to refuse it.
    content = await file.read(MOST_BYTES + 1) if file else b""
    topics, earlier = await queries.list_topics(session, town.id), await imports.list_imports(session, town.id)
    with asking_again(lambda errors, _: _page(request, topics, form.values, earlier, errors)):
        topic_ids = [int(one) for one in form.texts("topic_ids") if one.isdecimal() and len(one) < 18]
        name = (file.filename if file else None) or ""
        brought = await importing.bring_list(session, town.id, staff, content, name, topic_ids)
    return redirect(request, "import", import_id=brought.id)


@router.get("/desk/residents/import/{import_id:int}", name="import")
async def show(request: Request, session: Reading, town: CurrentTown, _staff: Counter, import_id: int) -> Response:
    imported = await imports.get_import(session, town.id, import_id)
    return _import_page(request, await _context(session, imported), {})


@router.get("/desk/residents/import/{import_id:int}/progress", name="import_progress")
async def show_progress(
    request: Request, session: Reading, town: CurrentTown, _staff: Counter, import_id: int
) -> Response:
    """The moving part of the page, for a script that asks again."""
    imported = await imports.get_import(session, town.id, import_id)
    context = {"imported": imported, "is_moving": imported.state in _MOVING}
    return page(request, "residents/import_progress.html", context)


@router.post("/desk/residents/import/{import_id:int}/columns", name="import_columns")
async def choose_columns(
    request: Request, session: Writing, town: CurrentTown, _staff: Counter, form: SentForm, import_id: int
) -> Response:
    imported = await imports.get_import(session, town.id, import_id)
    context = await _context(session, imported)
    fields = [_typed_fields(form, place, len(one["header"])) for place, one in enumerate(context["tables"])]
    chosen = [one | {"fields": typed} for one, typed in zip(context["tables"], fields, strict=True)]
    with asking_again(lambda errors, _: _import_page(request, {**context, "tables": chosen}, errors)):
        await importing.choose_fields(session, town.id, import_id, fields)
    return redirect(request, "import", import_id=import_id, said=READ_AGAIN)


def _typed_fields(form: Form, place: int, columns: int) -> list[str]:
    """What was chosen for each column of one table; a column of which nothing was sent is left out."""
    typed = form.texts(f"fields-{place}")[:columns]
    return typed + [""] * (columns - len(typed))


@router.post("/desk/residents/import/{import_id:int}/confirmation", name="import_confirm")
async def confirm(
    request: Request, session: Writing, town: CurrentTown, _staff: Counter, form: SentForm, import_id: int
) -> Response:
    context = await _context(session, await imports.get_import(session, town.id, import_id))
    with asking_again(lambda errors, _: _import_page(request, context, errors, form)):
        await importing.confirm_import(session, town.id, import_id, form.text("declared_origin"))
    return redirect(request, "import", import_id=import_id)


@router.post("/desk/residents/import/{import_id:int}/discarding", name="import_discard")
async def discard(request: Request, session: Writing, town: CurrentTown, staff: Counter, import_id: int) -> Response:
    await importing.discard_import(session, town.id, staff, import_id)
    return redirect(request, "residents_import", said=DISCARDED)


@router.post("/desk/residents/import/{import_id:int}/undoing", name="import_undo")
async def undo(request: Request, session: Writing, town: CurrentTown, staff: Counter, import_id: int) -> Response:
    await importing.undo_import(session, town.id, staff, import_id)
    return redirect(request, "import", import_id=import_id, said=UNDONE)


async def _context(session: ReadSession, imported: ListImport) -> dict[str, Any]:
    kinds = await imports.bad_kinds(session, imported)
    bad = await imports.bad_rows(session, imported)
    until = imported.done_at + importing.UNDO_WITHIN if imported.done_at else clock.now() - timedelta(days=1)
    return {
        "imported": imported,
        "is_moving": imported.state in _MOVING,
        "tables": await imports.tables_of(session, imported),
        "field_options": [("", str(sentence("not used"))), *((name, str(FIELD_NAMES[name])) for name in FIELDS)],
        "counts": [(str(words), imported.counts.get(outcome, 0)) for outcome, words in OUTCOMES.items()],
        # A kind of fault is said without what stood in the row.
        "kinds": [(_kind(translate(Message(msgid))), count) for msgid, count in kinds],
        "bad": [(row.sheet, row.number, as_message(row.problem)) for row in bad],
        "problem": as_message(imported.problem) if imported.problem else None,
        "undo_until": until if imported.state is ImportState.DONE and until > clock.now() else None,
        "state": IMPORT_STATES[imported.state],
    }


def _kind(words: str) -> str:
    """A fault as such: without advice, and without what stood in the row."""
    return re.sub(r"\{\w+\}", "…", words.replace(" {advice}", ""))


def _import_page(
    request: Request, context: Mapping[str, Any], errors: Mapping[str, str], form: Form | None = None
) -> HTMLResponse:
    typed = {"declared_origin": form.text("declared_origin") if form else "", "errors": errors}
    return page(request, "residents/import_show.html", {**context, **typed}, status=422 if errors else 200)


def _page(
    request: Request,
    topics: list[Topic],
    values: Mapping[str, Any],
    earlier: list[ListImport],
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    context = {
        "topic_options": [(topic.id, topic.name) for topic in topics],
        "values": {"topic_ids": as_list(values.get("topic_ids"))},
        "errors": errors or {},
        "imports": earlier,
        "states": IMPORT_STATES,
    }
    return page(request, "residents/import.html", context, status=422 if errors else 200)
