"""The groups of the council, and the texts they give for an issue."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Editor, Publisher
from server.core.i18n import sentence
from server.issues import columns, queries
from server.issues.models import CouncilGroup
from server.issues.schemas import ColumnDraft, GroupDraft
from server.web.dependencies import CurrentTown, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("issues"))])

DECLARED = saying("group-declared", sentence("This group has a column in every letter from now on."))
ARCHIVED = saying("group-archived", sentence("Letters to come have no column of this group."))
RECEIVED = saying("column-received", sentence("The text is recorded as it came. It cannot be changed."))


@router.get("/desk/council-groups", name="council_groups")
async def show_groups(request: Request, session: Reading, town: CurrentTown, _staff: Editor) -> Response:
    return _groups_page(request, await queries.list_groups(session, town.id), {}, {})


@router.post("/desk/council-groups", name="council_group_declare")
async def declare_group(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, form: SentForm
) -> Response:
    shown = await queries.list_groups(session, town.id)
    with asking_again(lambda errors, _refusal: _groups_page(request, shown, form.values, errors)):
        await columns.declare_group(session, town.id, staff, form.parse(GroupDraft))
    return redirect(request, "council_groups", said=DECLARED)


@router.post("/desk/council-groups/{group_id}/end", name="council_group_end")
async def end_group(request: Request, session: Writing, town: CurrentTown, staff: Publisher, group_id: int) -> Response:
    await columns.archive_group(session, town.id, staff, group_id)
    return redirect(request, "council_groups", said=ARCHIVED)


@router.get("/desk/issues/{issue_id}/columns/{group_id}", name="issue_column")
async def show_column(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, issue_id: int, group_id: int
) -> Response:
    issue = await queries.get_issue(session, town.id, issue_id)
    group = await queries.get_group(session, town.id, group_id)
    texts = {one.group_id: one for one in await queries.list_group_texts(session, town.id, issue_id)}
    shown = {"issue": issue, "group": group, "record": texts.get(group_id)}
    return page(request, "issues/column.html", {**shown, "values": {}, "errors": {}})


@router.post("/desk/issues/{issue_id}/columns/{group_id}", name="issue_column_receive")
async def receive_text(
    request: Request, session: Writing, town: CurrentTown, staff: Editor, issue_id: int, group_id: int, form: SentForm
) -> Response:
    issue = await queries.get_issue(session, town.id, issue_id)
    group = await queries.get_group(session, town.id, group_id)

    def again(errors: Mapping[str, str]) -> HTMLResponse:
        context = {"issue": issue, "group": group, "record": None, "values": form.values, "errors": errors}
        return page(request, "issues/column.html", context, status=422)

    with asking_again(lambda errors, _refusal: again(errors)):
        await columns.receive_text(session, town.id, staff, issue_id, group_id, form.parse(ColumnDraft))
    return redirect(request, "issue", issue_id=issue_id, said=RECEIVED)


def _groups_page(
    request: Request, groups: list[CouncilGroup], values: Mapping[str, object], errors: Mapping[str, str]
) -> HTMLResponse:
    context = {"groups": groups, "values": values, "errors": errors, "inhabitants": columns.INHABITANTS}
    return page(request, "issues/groups.html", context, status=422 if errors else 200)
