"""Header lines: one line each whatever was typed, encoded words for what is not ASCII (RFC 5322, 2047)."""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

_PLAIN = re.compile(r"[ -~]*")
_WORD_SAFE = set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
_WORD_ROOM = 60 - len("=?utf-8?q??=")  # a line with an encoded word has at most 76 columns, its name included
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
_OWN_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_DOMAIN}")
_LIST_ID = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_URL = re.compile(r"[!-;=?-~]+")


class Unwritable(ValueError):
    """A value that cannot stand in a header; the sentence says which."""


def one_line(text: str) -> str:
    """`text` without anything that ends a line or hides: controls and line separators become spaces."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = "".join(" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text)
    return kept.encode("utf-8", "replace").decode().strip()


def unstructured(text: str) -> str:
    """A value of free words (Subject)."""
    text = one_line(text)
    if _PLAIN.fullmatch(text) and "=?" not in text and len(text) <= 200:
        return text
    return "\r\n ".join(_encoded_words(text))


def phrase(text: str) -> str:
    """A name before an address or a list's identifier."""
    text = one_line(text)
    if _PLAIN.fullmatch(text) and "=?" not in text and len(text) <= 200:
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"'
    return "\r\n ".join(_encoded_words(text))


def mailbox(name: str, address: str) -> str:
    """`Name <address>`, or the address alone."""
    address = own_address(address)
    return _named(name, address) if one_line(name) else address


def own_address(address: str) -> str:
    """An address of the sender: plain ASCII, for every server must be able to answer it."""
    if not _OWN_ADDRESS.fullmatch(address) or len(address) > 254 or ".." in address:
        raise Unwritable("the address of the sender is not a plain address")
    return address


def url(address: str, schemes: tuple[str, ...] = ("https", "http")) -> str:
    """`<https://…>` as the List- headers want it (RFC 2369)."""
    if not _URL.fullmatch(address) or urlsplit(address).scheme not in schemes:
        raise Unwritable("an address of the web in a header is not a plain one")
    return f"<{address}>"


def list_identifier(name: str, identifier: str) -> str:
    """`Name <identifier>` (RFC 2919)."""
    if not _LIST_ID.fullmatch(identifier) or len(identifier) > 200:
        raise Unwritable("the identifier of the list is not a plain one")
    return _named(name, identifier) if one_line(name) else f"<{identifier}>"


def message_id(identifier: str) -> str:
    if not _MESSAGE_ID.fullmatch(identifier):
        raise Unwritable("the identifier of a message is not a plain one")
    return identifier


def _named(name: str, identifier: str) -> str:
    words = phrase(name)
    return f"{words}\r\n <{identifier}>" if words.startswith("=?") else f"{words} <{identifier}>"


def _encoded_words(text: str) -> Iterator[str]:
    """`=?utf-8?q?…?=`, each short enough for its line, a letter never cut in two."""
    word = ""
    for letter in text:
        piece = "".join(
            "_" if byte == 32 else chr(byte) if byte in _WORD_SAFE else f"={byte:02X}" for byte in letter.encode()
        )
        if len(word) + len(piece) > _WORD_ROOM:
            yield f"=?utf-8?q?{word}?="
            word = ""
        word += piece
    yield f"=?utf-8?q?{word}?="
