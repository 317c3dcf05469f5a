"""Where a rendering finds a notice's pictures: addresses on the web, parts of a mail, files beside a sheet."""

import asyncio
from collections.abc import Callable, Mapping

from server.content.pictures import PictureLookup, PictureView
from server.core.database import ReadSession
from server.core.files import FileStore
from server.mailings.compose import InlineImage
from server.notices import queries
from server.notices.content import picture_ids, picture_of
from server.notices.models import Picture
from server.notices.schemas import NoticeContent


def on_the_web(pictures: Mapping[int, Picture], path: Callable[[int], str]) -> PictureLookup:
    """Pictures at `path(id)`, with their sizes where these are known."""

    def find(source: str) -> PictureView | None:
        number = picture_of(source)
        if number is None:
            return None
        picture = pictures.get(number)
        return PictureView(path(number), picture.width, picture.height) if picture else PictureView(path(number))

    return find


def in_a_mail(source: str) -> PictureView | None:
    number = picture_of(source)
    return None if number is None else PictureView(f"cid:{_cid(number)}")


def on_paper(files: Mapping[str, bytes]) -> PictureLookup:
    """Pictures that lie beside the sheet under `files`; words take the place of others."""

    def find(source: str) -> PictureView | None:
        name = str(picture_of(source))
        return PictureView(name) if name in files else None

    return find


async def pictures_of(session: ReadSession, municipality_id: int, content: NoticeContent) -> dict[int, Picture]:
    """The pictures a notice shows, by number."""
    return await queries.known_pictures(session, municipality_id, picture_ids(content))


async def mail_images(
    session: ReadSession, files: FileStore, municipality_id: int, content: NoticeContent
) -> list[InlineImage]:
    """The pictures a notice's mail carries inside."""
    pictures = await pictures_of(session, municipality_id, content)
    return [
        InlineImage(_cid(number), picture.mail_media_type, await _read(files, municipality_id, picture.mail_file_key))
        for number, picture in pictures.items()
    ]


async def paper_pictures(
    session: ReadSession, files: FileStore, municipality_id: int, content: NoticeContent
) -> dict[str, bytes]:
    """The pictures a notice's sheet shows, by the name they have there."""
    pictures = await pictures_of(session, municipality_id, content)
    return {str(number): await _read(files, municipality_id, picture.file_key) for number, picture in pictures.items()}


async def _read(files: FileStore, municipality_id: int, key: str) -> bytes:
    return await asyncio.to_thread(files.get, municipality_id, key)


def _cid(number: int) -> str:
    """No name of a picture begins with the whole name of another."""
    return f"picture-{number}@tambour"
