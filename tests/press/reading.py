"""How a printed sheet is read: by eye, by ear, by a program."""

import io
import re
import subprocess
from collections.abc import Iterator
from html import unescape
from typing import Any, NamedTuple

import pikepdf
from PIL import Image

from server.press.pages import Pages

_WORD = re.compile(r"xMin=\"(.+?)\" yMin=\"(.+?)\" xMax=\"(.+?)\" yMax=\"(.+?)\">(.*?)</word>")


async def drawn_pages(pages: Pages, ppi: float) -> list[bytes]:
    """All of them as PNG."""
    return [await pages.draw(at, ppi) for at in range(1, len(pages.fingerprints) + 1)]


def said_on(pdf: bytes) -> str:
    """The words on the pages in the order they are written, with single spaces."""
    command = ["pdftotext", "-raw", "-", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def structure(pdf: bytes) -> list[tuple[str, str]]:
    """The tags in reading order, each with its alternative text."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return list(_tags(document.Root.StructTreeRoot.K))


def _tags(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _tags(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node["/S"])[1:], str(node.get("/Alt", ""))
        if "/K" in node:
            yield from _tags(node["/K"])


def sizes_on(pdf: bytes) -> set[float]:
    """Every size of type on the pages, in points."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {
            round(float(instruction.operands[1]), 1)
            for page in document.pages
            for instruction in pikepdf.parse_content_stream(page)
            if str(instruction.operator) == "Tf"
        }


def page_count(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def headings(pdf: bytes) -> list[int]:
    """The levels of the headings, in reading order."""
    return [int(tag[1:]) for tag, _ in structure(pdf) if tag[0] == "H" and tag[1:].isdecimal()]


def links(pdf: bytes) -> set[str]:
    """Every address that a click would open."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        actions: list[Any] = [note.get("/A", {}) for page in document.pages for note in page.get("/Annots", [])]
        return {str(action["/URI"]) for action in actions if "/URI" in action}


class Printed(NamedTuple):
    page: int
    word: str
    left: float
    top: float
    right: float
    bottom: float


def words_with_places(pdf: bytes) -> list[Printed]:
    """Page, word, and the box it stands in: left, top, right, bottom, in millimetres from the top left corner."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    found, page = [], 0
    for line in done.stdout.decode().splitlines():
        page += "<page" in line
        if box := _WORD.search(line):
            found.append(Printed(page, unescape(box[5]), *(float(edge) * 25.4 / 72 for edge in box.groups()[:4])))
    return found


def pictures_of(pdf: bytes, fineness: float) -> list[Image.Image]:
    """Its pages as somebody else's program draws them."""
    command = ["pdftoppm", "-r", str(fineness), "-"]
    drawn = io.BytesIO(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout)
    pages = []
    while drawn.tell() < len(drawn.getbuffer()):
        pages.append(_next_ppm(drawn))
    return pages


def _next_ppm(drawn: io.BytesIO) -> Image.Image:
    """Pages follow each other in one stream, each with its size at its head."""
    assert drawn.readline() == b"P6\n"
    width, height = (int(number) for number in drawn.readline().split())
    drawn.readline()
    return Image.frombytes("RGB", (width, height), drawn.read(3 * width * height))
