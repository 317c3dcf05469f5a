"""A town's rows among those of other towns: every number that names one of its rows moves by the same distance.

Numbers stand in keys, in lists (`topic_ids`), in words (`issue:12`, a picture of a text); people of the staff are named by
who they are here. What is bound to a text by its hash stays bound: the hash of the text with its new numbers takes its place.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, Column, Integer, Table

from server.notices.schemas import NoticeContent

Row = dict[str, Any]

_PICTURE = re.compile(r"(?<=\]\(picture:)([0-9]{1,18})")
_NAMED = re.compile(r"^([a-z_]+):([0-9]{1,18})$")
_LISTS = {"scope"}
"""Lists of numbers that are not called `…_ids`."""
_NUMBERS = {"other", "request", "import", "batch"}
"""Words in `detail` whose value is the number of a row."""
_BY_BOARD = "stops"
"""Answers of a round sheet, by the number of the board."""


@dataclass
class Mover:
    """Moves numbers by `shift`; `accounts` are the people of the staff, old number → number here."""

    shift: int
    accounts: Mapping[int, int]
    hashes: dict[str, str] = field(default_factory=dict)

    def row(self, table: Table, row: Row) -> Row:
        """The row as it stands here."""
        return {name: self._cell(table, table.columns[name], value, row) for name, value in row.items()}

    def learn(self, hashed: str, content: Mapping[str, Any]) -> None:
        """The hash of a notice's text is another one once its numbers are."""
        self.hashes[hashed] = NoticeContent.thawed(self._json(dict(content), "")).content_hash

    def _cell(self, table: Table, column: Column[Any], value: Any, row: Row) -> Any:
        named = {key.column.table.name for key in column.foreign_keys}
        is_person = "account" in named or (column.name == "object_id" and row["object_kind"] == "account")
        moved = value
        if value is None or value == "":
            pass
        elif is_person:
            moved = self.accounts.get(value)
        elif special := _SPECIAL.get((table.name, column.name)):
            moved = special(self, value)
        elif isinstance(column.type, Integer) and (named or column.name == "id" or column.name.endswith("_id")):
            moved = value + self.shift
        elif isinstance(column.type, JSON):
            moved = self._json(value, "_ids" if column.name in _LISTS else column.name)
        elif isinstance(value, str):
            moved = self.hashes.get(value, value) if column.name == "content_hash" else self._words(value)
        return moved

    def _json(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            held = {str(int(key) + self.shift) if name == _BY_BOARD else key: one for key, one in value.items()}
            return {key: self._json(one, key) for key, one in held.items()}
        if isinstance(value, list):
            return [self._json(one, "_id" if name.endswith("_ids") else "") for one in value]
        if isinstance(value, int) and not isinstance(value, bool):
            return value + self.shift if name.endswith("_id") or name in _NUMBERS else value
        return self._words(value) if isinstance(value, str) else value

    def _words(self, words: str) -> str:
        return _PICTURE.sub(lambda found: str(int(found[1]) + self.shift), words) if "(picture:" in words else words

    def origin(self, words: str) -> str:
        return _NAMED.sub(lambda found: f"{found[1]}:{int(found[2]) + self.shift}", words)

    def recipient(self, number: int) -> int:
        """Nobody stays nobody; who was erased keeps a negative number of their own."""
        return number + self.shift if number > 0 else number - self.shift if number < 0 else 0


_SPECIAL: Mapping[tuple[str, str], Callable[[Mover, Any], Any]] = {
    ("delivery", "recipient"): Mover.recipient,
    ("delivery", "behind"): lambda _mover, _value: None,
    ("mailing", "origin"): Mover.origin,
    ("picture_use", "user"): Mover.origin,
}
