"""XLSX and ODS: their XML is judged here, their cells are read by a child process that is bounded in time and memory."""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress

from server.core.i18n import sentence
from server.residents.lists.archive import read_member
from server.residents.lists.refusal import NotAList

MOST_MEMORY = 1_500_000_000
MOST_SECONDS = 60
_UNREADABLE = sentence("This spreadsheet cannot be read: open it, and save it again as CSV.")
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
"""Neither format has a use for them: they are how entities are smuggled in."""


def is_spreadsheet(archive: zipfile.ZipFile) -> bool:
    """Whether the archive is an XLSX or an ODS, by what is in it."""
    names = set(archive.namelist())
    return "[Content_Types].xml" in names or {"mimetype", "content.xml"} <= names


def read_spreadsheet(content: bytes, archive: zipfile.ZipFile, most_rows: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that hold something, with the numbers they have on the screen. Raises NotAList."""
    _refuse_entities(archive)
    with tempfile.NamedTemporaryFile(prefix="tambour-list-") as file:
        file.write(content)
        file.flush()
        command = [sys.executable, "-m", "server.residents.lists.sheet_process", file.name]
        command += [str(most_rows), str(MOST_MEMORY), str(MOST_SECONDS)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={})
        try:
            assert child.stdout is not None
            for line in child.stdout:
                number, cells = json.loads(line)
                yield number, cells
            if child.wait(timeout=MOST_SECONDS):
                raise NotAList(_UNREADABLE)
        finally:
            child.kill()
            with suppress(OSError):
                child.stdout.close()  # type: ignore[union-attr]  # it is a pipe, asked for above
            child.wait()


def _refuse_entities(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        if name.lower().endswith((".xml", ".rels")):
            part = read_member(archive, name)
            plain = part.replace(b"\x00", b"")  # an entity in UTF-16 is one too
            if any(sign in plain for sign in _FORBIDDEN):
                raise NotAList(_UNREADABLE)
