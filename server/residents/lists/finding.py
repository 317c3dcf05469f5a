"""Whether a file that was brought names somebody, wherever it says so: in a column we use, one we do not, or a line that
cannot be used. Pure.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from server.core.search import searchable
from server.residents.keys import words_of
from server.residents.lists.archive import open_archive, read_member
from server.residents.lists.letters import read_letters
from server.residents.lists.reading import read_tables
from server.residents.lists.refusal import NotAList

_NO_FIGURE = re.compile(r"\D+")
_SHORTEST_NUMBER = 8
_ARCHIVE = b"PK\x03\x04"


@dataclass(frozen=True)
class Sought:
    """A person by the keys of `resident`. A name of one word counts together with their door only."""

    email: str
    name: str
    door: str
    phone: str

    def is_in(self, content: bytes, file_name: str) -> bool:
        """Also when the file cannot be read: then nobody can say that they are not."""
        try:
            if content.startswith(_ARCHIVE):
                if any(self._has_email(searchable(one)) for one in _members(content)):
                    return True
            elif not self._may_be_in(searchable(read_letters(content))):
                return False
            return any(map(self._is_said_by, _lines(content, file_name)))
        except NotAList:
            return True

    def _may_be_in(self, folded: str) -> bool:
        """A first look at the whole of it, which is quick."""
        longest = max(self.name.split(), key=len, default="")
        return bool(self._number) or self._has_email(folded) or (bool(longest) and longest in folded)

    def _is_said_by(self, cells: Iterable[str]) -> bool:
        line = " ".join(cells)
        folded = searchable(line)
        if self._has_email(folded):
            return True
        if self._number and self._number in _NO_FIGURE.sub("", line):
            return True
        name = self.name.split()
        sure = name if len(name) > 1 else [*name, *self.door.split()] if self.door else []
        return bool(sure) and name[0] in folded and set(sure) <= set(words_of(line))

    def _has_email(self, folded: str) -> bool:
        return bool(self.email) and searchable(self.email) in folded

    @property
    def _number(self) -> str:
        """Without what stands for the country, which lists write in several ways."""
        return self.phone.removeprefix("0") if len(self.phone) >= _SHORTEST_NUMBER else ""


def _members(content: bytes) -> Iterator[str]:
    """Everything in an archive, also the sheets nobody reads."""
    archive = open_archive(content)
    for name in archive.namelist():
        yield read_member(archive, name).decode(errors="replace")


def _lines(content: bytes, file_name: str) -> Iterator[list[str]]:
    for table in read_tables(content, file_name):
        yield from chain([table.header], (cells for _, cells in table.rows))
