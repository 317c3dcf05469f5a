"""Compose a message once for all its recipients: headers, text, HTML and pictures, with holes for what is personal.

    marks = new_marks()
    leave_url = f"{town}/leave/{marks.leave}"          # stands in the text, in the HTML and in List-Unsubscribe
    composed = compose_message(marks=marks, subject=…, text=…, html=…, leave_url=leave_url, …)

The marks are new for each message, so that an author cannot write one into a text and send a person's token elsewhere.
"""

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Literal

from server.mailings import headers
from server.mailings.headers import Unwritable
from server.mailings.quoted import quoted_printable
from server.mailings.splice import ComposedMessage, Hole

__all__ = ["InlineImage", "Marks", "Unwritable", "compose_message", "new_marks"]

_IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_CID = re.compile(r"[A-Za-z0-9._-]{1,60}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture inside the message, named `cid:…` by the HTML."""

    cid: str
    media_type: str
    content: bytes


def _mark() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Marks:
    """Stand-ins for a recipient's own tokens, 32 characters like the tokens themselves."""

    leave: str = field(default_factory=_mark)
    preferences: str = field(default_factory=_mark)
    to: str = field(default_factory=_mark)
    message_id: str = field(default_factory=_mark)


def new_marks() -> Marks:
    return Marks()


@dataclass(frozen=True, slots=True)
class _Part:
    """A MIME part: its headers without a blank line, and its body."""

    head: bytes
    body: bytes

    def __bytes__(self) -> bytes:
        return self.head + b"\r\n\r\n" + self.body


def compose_message(
    *,
    marks: Marks,
    subject: str,
    text: str,
    html: str | None,
    from_name: str,
    from_address: str,
    date: datetime,
    language: str,
    reply_to: str = "",
    list_id: str = "",
    list_name: str = "",
    leave_url: str = "",
    leave_mailto: str = "",
    archive_url: str = "",
    images: Sequence[InlineImage] = (),
    auto_submitted: Literal["auto-generated", "auto-replied"] | None = None,
    references: Sequence[str] = (),
) -> ComposedMessage:
    """The message as bytes with holes. `date` is fixed here: every attempt of every copy carries the same.

    Raises Unwritable for an address, an identifier or a link that cannot stand in a header. Words never raise.
    """
    if leave_url and marks.leave not in leave_url:
        raise Unwritable("the link to leave has no place for the person's token")
    lines = [
        f"Date: {format_datetime(date)}",
        f"From: {headers.mailbox(from_name, from_address)}",
        *([f"Reply-To: {headers.own_address(reply_to)}"] if reply_to else []),
        f"To: {marks.to}",
        f"Subject: {headers.unstructured(subject)}",
        f"Message-ID: <{marks.message_id}@{from_address.rpartition('@')[2]}>",
        *_reference_lines(references),
        *_list_lines(list_id, list_name, leave_url, leave_mailto, archive_url),
        *([f"Auto-Submitted: {auto_submitted}"] if auto_submitted else []),
        *([f"Content-Language: {language}"] if _LANGUAGE.fullmatch(language) else []),
    ]
    content = _content(text, html, images, (marks.leave, marks.preferences))
    return _with_holes("\r\n".join((*lines, "MIME-Version: 1.0", "")).encode("ascii") + bytes(content), marks)


def _reference_lines(references: Sequence[str]) -> list[str]:
    if not references:
        return []
    known = [headers.message_id(reference) for reference in references]
    return [f"In-Reply-To: {known[-1]}", "References: " + "\r\n ".join(known)]


def _list_lines(list_id: str, list_name: str, leave_url: str, leave_mailto: str, archive_url: str) -> list[str]:
    """RFC 2919, 2369 and 8058. The list announces: nobody posts to it."""
    lines = []
    if list_id:
        lines += [f"List-Id: {headers.list_identifier(list_name, list_id)}", "List-Post: NO"]
    ways = [headers.url(leave_url)] if leave_url else []
    ways += [headers.url(leave_mailto, ("mailto",))] if leave_mailto else []
    if ways:
        lines.append("List-Unsubscribe: " + ",\r\n ".join(ways))
    if leave_url:
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    if archive_url:
        lines.append(f"List-Archive: {headers.url(archive_url)}")
    return lines


def _content(text: str, html: str | None, images: Sequence[InlineImage], marks: Sequence[str]) -> _Part:
    plain = _words("plain", text, marks)
    if html is None:
        return plain
    rich = _words("html", html, marks)
    if images:
        rich = _multipart("related", [rich, *map(_picture, images)], '; type="text/html"')
    return _multipart("alternative", [plain, rich])


def _words(kind: str, text: str, marks: Sequence[str]) -> _Part:
    text = _UNPRINTABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).rstrip("\n") + "\n"
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
    return _Part(head.encode("ascii"), quoted_printable(text, marks))


def _picture(image: InlineImage) -> _Part:
    if image.media_type not in _IMAGE_TYPES or not _CID.fullmatch(image.cid):
        raise Unwritable("a picture of the message has an unknown type or name")
    head = (
        f"Content-Type: {image.media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{image.cid}>\r\nContent-Disposition: inline"
    )
    return _Part(head.encode("ascii"), base64.encodebytes(image.content).replace(b"\n", b"\r\n"))


def _multipart(kind: str, parts: Sequence[_Part], parameters: str = "") -> _Part:
    # `=_` can stand neither in quoted-printable nor in base64, so no part can hold its own boundary.
    shape = b"".join(len(part.body).to_bytes(8, "big") for part in parts)
    boundary = "=_" + sha256(kind.encode() + shape).hexdigest()[:24]
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{parameters}'
    line = b"--" + boundary.encode("ascii")
    body = b"".join(line + b"\r\n" + bytes(part) + b"\r\n" for part in parts) + line + b"--\r\n"
    return _Part(head.encode("ascii"), body)


def _with_holes(content: bytes, marks: Marks) -> ComposedMessage:
    holes = {
        marks.to: Hole.TO,
        marks.message_id: Hole.MESSAGE_ID,
        marks.leave: Hole.LEAVE,
        marks.preferences: Hole.PREFERENCES,
    }
    run = re.split("|".join(holes).encode("ascii").join((b"(", b")")), content)
    return ComposedMessage(tuple(run[::2]), tuple(holes[mark.decode("ascii")] for mark in run[1::2]))
