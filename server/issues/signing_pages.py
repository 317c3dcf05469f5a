"""A letter is read and signed on paper: its proof, and the signed sheet keyed in."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from server.accounts.dependencies import Editor, Publisher
from server.core.database import ReadSession
from server.core.i18n import sentence
from server.issues import approval, queries
from server.issues.content import issue_content
from server.issues.models import Issue
from server.issues.proof import issue_proof
from server.municipalities.queries import get_municipality
from server.notices.pages.signing import first_signature
from server.notices.signatures import PaperSignature
from server.press.proof import print_proof
from server.web.dependencies import CurrentTown, Files, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("issues"))])

SIGNED = saying("issue-signed", sentence("Approved on paper: exactly the letter that was signed."))


@router.get("/desk/issues/{issue_id}/proof.pdf", name="issue_proof")
async def show_proof(session: Reading, town: CurrentTown, files: Files, _staff: Editor, issue_id: int) -> Response:
    """The proof of the letter as it is now. Raises PressError."""
    issue = await queries.get_issue(session, town.id, issue_id)
    content = await print_proof(await issue_proof(session, files, issue))
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": f'inline; filename="proof-{issue.number}.pdf"',
    }
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/desk/issues/{issue_id}/signature", name="issue_signature")
async def show_signature(
    request: Request, session: Reading, town: CurrentTown, _staff: Publisher, issue_id: int
) -> Response:
    issue = await queries.get_issue(session, town.id, issue_id)
    return await _form(request, session, issue, first_signature(await get_municipality(session, town.id)))


@router.post("/desk/issues/{issue_id}/signature", name="issue_sign")
async def enter_signature(
    request: Request, session: Writing, town: CurrentTown, staff: Publisher, issue_id: int, form: SentForm
) -> Response:
    issue = await queries.get_issue(session, town.id, issue_id)
    content_hash = form.text("content_hash")
    context = {
        "issue": issue,
        "values": {**dict.fromkeys(PaperSignature.model_fields, ""), **form.values},
        "content_hash": content_hash,
    }
    with asking_again(
        lambda errors, _refusal: page(request, "issues/signature.html", context | {"errors": errors}, status=422)
    ):
        signature = form.parse(PaperSignature)
        await approval.approve_issue(session, town.id, staff, issue_id, content_hash, signature)
    return redirect(request, "issue", issue_id=issue_id, said=SIGNED)


async def _form(request: Request, session: ReadSession, issue: Issue, values: Mapping[str, Any]) -> HTMLResponse:
    content_hash = (await issue_content(session, issue)).content_hash
    context = {"issue": issue, "values": values, "content_hash": content_hash, "errors": {}}
    return page(request, "issues/signature.html", context)
