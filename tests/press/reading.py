"""How a printed sheet is read: by eye, by ear, by a program."""

import io
import subprocess
from collections.abc import Iterator
from typing import Any

import pikepdf


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
