"""Reads what the local mail catcher kept: for trials, where nothing leaves the machine."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

from server.core.errors import NotFound
from server.web.pagination import Page, Slice

_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{8}")
_CID = re.compile(r"cid:([A-Za-z0-9._-]{1,60})")
_HEAD = 100_000  # no caught message has more headers than this; the rest is only read when the message is opened


@dataclass(frozen=True, slots=True)
class CaughtLine:
    """A caught message in the list."""

    name: str
    at: datetime
    to: str
    sender: str
    subject: str


@dataclass(frozen=True, slots=True)
class CaughtMessage:
    """A caught message: `html` has its pictures inside, so that a page can show it without loading anything."""

    line: CaughtLine
    html: str
    text: str
    source: str


def list_messages(folder: Path, asked: Slice, address: str = "") -> Page[CaughtLine]:
    """The caught messages, the latest first; only those to an address that holds `address`, if one is given."""
    names = sorted((path.stem for path in folder.glob("*.eml") if _NAME.fullmatch(path.stem)), reverse=True)
    if address:
        names = [name for name in names if address.lower() in ", ".join(_about(folder, name)["to"]).lower()]
    shown = names[asked.offset : asked.offset + asked.size]
    return Page([_line(folder, name, _head(folder, name)) for name in shown], len(names), asked.number, asked.size)


def find_caught(folder: Path, address: str, mark: str) -> datetime | None:
    """When a message to this address came whose Message-ID begins with `mark`."""
    for name in sorted((path.stem for path in folder.glob("*.eml") if _NAME.fullmatch(path.stem)), reverse=True):
        about = _about(folder, name)
        if address in about["to"] and mark in str(_head(folder, name)["Message-ID"]):
            return datetime.fromisoformat(about["at"])
    return None


def read_message(folder: Path, name: str) -> CaughtMessage:
    """One caught message. Raises NotFound."""
    path = folder / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFound
    raw = path.read_bytes()
    line = _line(folder, name, _head(folder, name))
    source = raw.decode("utf-8", "replace")
    try:
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return CaughtMessage(line, _html(message), _body(message, "plain"), source)
    except (ValueError, LookupError, RecursionError, AssertionError):
        return CaughtMessage(line, "", "", source)  # anything may be sent to the catcher; the source is always there


def _head(folder: Path, name: str) -> Message:
    with (folder / f"{name}.eml").open("rb") as file:
        return message_from_bytes(file.read(_HEAD).partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=policy.compat32)


def _line(folder: Path, name: str, head: Message) -> CaughtLine:
    about = _about(folder, name)
    return CaughtLine(
        name,
        datetime.fromisoformat(about["at"]),
        ", ".join(about["to"]),
        _words(head["From"]),
        _words(head["Subject"]),
    )


def _about(folder: Path, name: str) -> dict[str, Any]:
    """What the catcher noted beside the message: when it came, and to whom."""
    about: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return about


def _words(value: object) -> str:
    """A header as people read it."""
    try:
        return str(make_header(decode_header(str(value or ""))))
    except (ValueError, LookupError):
        return str(value)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())


def _html(message: EmailMessage) -> str:
    pictures = dict(_pictures(message))
    return _CID.sub(lambda found: pictures.get(found.group(1), found.group()), _body(message, "html"))


def _pictures(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for part in message.walk():
        if part.get_content_maintype() == "image" and part["Content-ID"]:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            cid = str(part["Content-ID"]).strip("<>")
            yield cid, f"data:{part.get_content_type()};base64,{base64.b64encode(content).decode('ascii')}"
