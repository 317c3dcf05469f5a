"""An issue on paper: its pages as pictures, how they fill their sheets, and the files for the printer."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from server.accounts.dependencies import Editor
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.core.files import FileStore
from server.core.i18n import Message, sentence, sentences
from server.issues import queries
from server.issues.forms import draft_typed
from server.issues.models import Issue
from server.issues.paper import paper_issue
from server.issues.schemas import IssueDraft
from server.notices.everywhere import SHELF
from server.press.bulletin import BulletinLook, preview_bulletin, print_bulletin
from server.press.editions import preview_large, print_large
from server.press.errors import PressError
from server.press.imposition import impose_booklet
from server.press.issue import PaperIssue
from server.press.letters import Letter, preview_letter, print_letter
from server.press.pages import Pages
from server.residents.models import Edition
from server.web.dependencies import CurrentTown, Files, Reading
from server.web.forms import SentForm
from server.web.pictures import held
from server.web.templates import page, path_for, room

router = APIRouter(dependencies=[Depends(room("issues"))])

Product = Literal["bulletin", "letter", "large_letter", "large_print", "easy_read"]
PRODUCTS: dict[Product, Message] = {
    "bulletin": sentence("Bulletin, to fold"),
    "letter": sentence("Letter for a window envelope"),
    "large_letter": sentence("Letter for a window envelope, in large print"),
    "large_print": sentence("Large print, 18 points"),
    "easy_read": sentence("Easy words, large print"),
}
SHOWN_WHILE_TYPED = 4
"""Pages of a text that nobody has saved; all are there once it is."""


class PaperChoice(BaseModel):
    """What is asked for; of a bulletin also its size, its columns and whether ink is saved."""

    product: Product = "bulletin"
    size: Literal["a4", "a5"] = "a4"
    columns: int = Field(3, ge=2, le=3)
    ink: Literal["", "saved"] = ""
    sheets: Literal["pages", "short", "long"] = "pages"
    """Page by page, or a booklet for printers that turn sheets over their short or their long edge."""

    @property
    def look(self) -> BulletinLook:
        return BulletinLook(self.size, self.columns, saves_ink=bool(self.ink))

    @property
    def address(self) -> str:
        """Its part of a web address."""
        return "&".join(f"{name}={value}" for name, value in self.model_dump().items())


Choice = Annotated[PaperChoice, Query()]


Looked = tuple[Pages, Message]
"""The pages, and one sentence on how they fill their sheets."""


@router.get("/desk/issues/{issue_id}/paper", name="issue_paper")
async def show_paper(
    request: Request, session: Reading, town: CurrentTown, files: Files, _staff: Editor, issue_id: int, choice: Choice
) -> HTMLResponse:
    """Every page as it will be printed, or what keeps it from being printed."""
    issue = await queries.get_issue(session, town.id, issue_id)
    context = {"issue": issue, "choice": choice, "products": list(PRODUCTS.items()), "refusal": None, "said": ""}
    try:
        pages, said = await _pages(session, files, issue, choice)
    except PressError as refusal:
        return page(request, "issues/paper.html", {**context, "refusal": refusal.message, "pictures": []})
    numbers = range(1, len(pages.fingerprints) + 1)
    where = [path_for(request, "issue_paper_page", issue_id=issue_id, at=at) for at in numbers]
    pictures = [f"{one}?{choice.address}" for one in where]
    return page(request, "issues/paper.html", {**context, "said": said, "pictures": pictures})


@router.post("/desk/issues/{issue_id}/paper", name="issue_paper_typed")
async def preview_typed(
    request: Request,
    session: Reading,
    town: CurrentTown,
    files: Files,
    _staff: Editor,
    issue_id: int,
    choice: Choice,
    form: SentForm,
) -> HTMLResponse:
    """What static/js/preview.js asks for while somebody types: the first pages that differ from the saved ones. Changes
    nothing.
    """
    issue = await queries.get_issue(session, town.id, issue_id)
    try:
        pages, said = await _pages(session, files, issue, choice, draft_typed(form))
    except PressError as refusal:
        return page(request, "issues/typed_pages.html", {"said": refusal.message, "pictures": []})
    saved = await _fingerprints(session, files, issue, choice)
    numbers = range(1, len(pages.fingerprints) + 1)
    changed = [at for at in numbers if pages.fingerprints[at - 1] not in saved] or numbers
    pictures = [(at, held(await SHELF.page(pages, at))) for at in changed[:SHOWN_WHILE_TYPED]]
    return page(request, "issues/typed_pages.html", {"said": said, "pictures": pictures})


@router.get("/desk/issues/{issue_id}/paper/{at}.png", name="issue_paper_page")
async def show_page(
    session: Reading, town: CurrentTown, files: Files, _staff: Editor, issue_id: int, at: int, choice: Choice
) -> Response:
    """One page, to look at. Raises PressError."""
    issue = await queries.get_issue(session, town.id, issue_id)
    pages, _said = await _pages(session, files, issue, choice)
    if not 1 <= at <= len(pages.fingerprints):
        raise NotFound
    return Response(await SHELF.page(pages, at), media_type="image/png", headers={"cache-control": "no-store"})


@router.get("/desk/issues/{issue_id}/paper.pdf", name="issue_paper_file")
async def print_paper(
    session: Reading, town: CurrentTown, files: Files, _staff: Editor, issue_id: int, choice: Choice
) -> Response:
    """The file to read, or the sheets to print. Raises PressError."""
    issue = await queries.get_issue(session, town.id, issue_id)
    paper = await _paper(session, files, issue, choice)
    pdf = await SHELF.once(f"pdf-{choice.address}", paper, partial(_print, choice=choice))
    name = f"{choice.product}-{issue.number}-{choice.sheets}.pdf"
    headers = {"cache-control": "private, no-store", "content-disposition": f'inline; filename="{name}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def _paper(
    session: ReadSession, files: FileStore, issue: Issue, choice: PaperChoice, draft: IssueDraft | None = None
) -> PaperIssue:
    edition = Edition.EASY_READ if choice.product == "easy_read" else Edition.STANDARD
    return await paper_issue(session, files, issue, edition, draft)


async def _pages(
    session: ReadSession, files: FileStore, issue: Issue, choice: PaperChoice, draft: IssueDraft | None = None
) -> Looked:
    paper = await _paper(session, files, issue, choice, draft)
    seen = choice.model_copy(update={"sheets": "pages"})
    return await SHELF.once(f"pages-{seen.address}", paper, partial(_preview, choice=seen))


async def _fingerprints(session: ReadSession, files: FileStore, issue: Issue, choice: PaperChoice) -> tuple[str, ...]:
    """Of the saved pages; none where they cannot be printed."""
    try:
        return (await _pages(session, files, issue, choice))[0].fingerprints
    except PressError:
        return ()


async def _preview(paper: PaperIssue, choice: PaperChoice) -> Looked:
    if choice.product == "bulletin":
        pages, fit = await preview_bulletin(paper, choice.look)
        return pages, fit.advice
    if choice.product in {"letter", "large_letter"}:
        pages, letter = await preview_letter(Letter(paper, large=choice.product == "large_letter"))
        words = {"sheets": letter.sheets, "grams": letter.grams}
        said = sentences(
            "{count} page, on {sheets} sheet: about {grams} g with its envelope.",
            "{count} pages, on {sheets} sheets: about {grams} g with their envelope.",
            count=letter.pages,
            **words,
        )
        return pages, said
    pages = await preview_large(paper, with_coupon=True)
    return pages, sentences("{count} page.", "{count} pages.", count=len(pages.fingerprints))


async def _print(paper: PaperIssue, choice: PaperChoice) -> bytes:
    if choice.product == "bulletin":
        pdf = (await print_bulletin(paper, choice.look)).pdf
        return pdf if choice.sheets == "pages" else impose_booklet(pdf, choice.sheets)
    if choice.product in {"letter", "large_letter"}:
        return (await print_letter(Letter(paper, large=choice.product == "large_letter")))[0]
    return (await print_large(paper, with_coupon=True))[0]
