"""Pictures: brought by an editor, shown to residents only while something public shows them."""

import asyncio

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from server.accounts.dependencies import Editor, Staff
from server.core.database import ReadSession
from server.core.errors import Invalid, NotFound
from server.core.files import FileStore
from server.core.i18n import sentence
from server.municipalities.quotas import refuse_heavier
from server.notices import queries, service
from server.notices.content import picture_line
from server.notices.imaging import MAX_BYTES, prepare_picture
from server.notices.models import Notice, Picture
from server.web.dependencies import CurrentTown, Files, Reading, database_of
from server.web.fields import Line
from server.web.forms import Form, SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room
from server.web.tenancy import Town

router = APIRouter()
desk = [Depends(room("notices"))]

ADDED = saying("picture-added", sentence("The picture stands at the end of the text. Move its line where you want it."))
_KEPT = "public, max-age=31536000, immutable"


class PictureWords(BaseModel):
    """What is said of a picture: for those who do not see it, and under it."""

    alternative: Line = Field(min_length=1, max_length=300)
    caption: Line = Field("", max_length=300)


@router.get("/desk/notices/{notice_id}/pictures", name="notice_pictures", dependencies=desk)
async def show_pictures(
    request: Request, session: Reading, town: CurrentTown, _staff: Editor, notice_id: int
) -> Response:
    notice = await queries.get_notice(session, town.id, notice_id)
    return _pictures_page(request, notice, await queries.list_pictures(session, town.id, notice_id), {}, {})


@router.post("/desk/notices/{notice_id}/pictures", name="notice_picture_add", dependencies=desk)
async def add_picture(
    request: Request, town: CurrentTown, files: Files, staff: Editor, notice_id: int, form: SentForm
) -> Response:
    """Decoding and storing come before the transaction, so that nobody waits for a large photograph."""
    database = database_of(request)
    async with database.reading() as session:
        notice, pictures = await _of_notice(session, town, notice_id)
    values = {name: form.text(name) for name in PictureWords.model_fields}
    with asking_again(lambda errors, _refusal: _pictures_page(request, notice, pictures, values, errors)):
        words, content = await _judged(form)
        prepared = await prepare_picture(content)
        await refuse_heavier(database, files, town.id, len(prepared.web.content), field="picture")
        stored = await service.store_picture(files, town.id, prepared)
        async with database.writing() as writing:
            outcome = await service.illustrate_notice(
                writing, town.id, staff, notice_id, stored, words.alternative, words.caption
            )
    if isinstance(outcome, service.SetAside):
        return redirect(request, "notice_aside", notice_id=notice_id, version_id=outcome.version_id)
    return redirect(request, "notice_text", notice_id=notice_id, said=ADDED)


@router.get("/desk/pictures/{picture_id}", name="desk_picture", dependencies=desk)
async def show_desk_picture(
    session: Reading, town: CurrentTown, files: Files, _staff: Staff, picture_id: int
) -> Response:
    """Any picture of the town, for its staff."""
    picture = await queries.find_picture(session, town.id, picture_id)
    return await _served(files, picture, "private, max-age=31536000, immutable")


@router.get("/pictures/{picture_id}", name="picture")
async def show_picture(session: Reading, town: CurrentTown, files: Files, picture_id: int) -> Response:
    """A picture that a published notice or a sent issue shows."""
    picture = await queries.find_public_picture(session, town.id, picture_id)
    return await _served(files, picture, _KEPT)


async def _served(files: FileStore, picture: Picture | None, kept: str) -> Response:
    if picture is None:
        raise NotFound
    content = await asyncio.to_thread(files.get, picture.municipality_id, picture.file_key)
    headers = {"cache-control": kept, "etag": f'"{picture.file_key[:32]}"', "content-disposition": "inline"}
    return Response(content, media_type=picture.media_type, headers=headers)


async def _of_notice(session: ReadSession, town: Town, notice_id: int) -> tuple[Notice, list[Picture]]:
    notice = await queries.get_notice(session, town.id, notice_id)
    return notice, await queries.list_pictures(session, town.id, notice_id)


async def _judged(form: Form) -> tuple[PictureWords, bytes]:
    """The words and the bytes, or everything that is missing at once."""
    upload = form.file("picture")
    missing = {} if upload else {"picture": sentence("Choose a file.")}
    try:
        words = form.parse(PictureWords)
    except Invalid as refusal:
        raise Invalid({**missing, **refusal.fields}) from refusal
    if upload is None:
        raise Invalid(missing)
    return words, await upload.read(MAX_BYTES + 1)


def _pictures_page(
    request: Request,
    notice: Notice,
    pictures: list[Picture],
    values: dict[str, str],
    errors: dict[str, str],
) -> HTMLResponse:
    context = {
        "notice": notice,
        "pictures": [(picture, picture_line(picture.id, "…")) for picture in pictures],
        "values": {"alternative": "", "caption": ""} | values,
        "errors": errors,
    }
    return page(request, "notices/pictures.html", context, status=422 if errors else 200)
