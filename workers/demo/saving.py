"""Public pages saved as a person's browser would: followed link by link, with what they need to be read offline."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import Request, urlopen

_LINK = re.compile(r'\b(?:href|src)="(?P<address>[^"]*)"')
_REFERENCE = re.compile(r'(?P<before>\b(?:href|src|action)=")(?P<address>[^"]*)(?P<after>")')
_MOST = 500
_PATIENCE = 60


@dataclass(frozen=True)
class Fetched:
    """An answer of the public web."""

    media_type: str
    content: bytes


@dataclass
class Saved:
    """What was saved, by the path it had on the web, and the addresses that gave nothing."""

    files: dict[str, Path] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def fetch(url: str) -> Fetched:
    """A plain GET without cookie. Raises OSError, HTTPError among them."""
    if not url.startswith("http://127.0.0.1:"):
        raise ValueError("only pages of this machine are saved")
    with urlopen(Request(url), timeout=_PATIENCE) as answer:  # noqa: S310  the line above allows nothing else
        return Fetched(answer.headers.get_content_type(), answer.read())


def save_pages(base: str, start: str, folder: Path, public: str, is_wanted: Callable[[str], bool]) -> Saved:
    """Follow the links from `start` on the server at `base`, and keep what `is_wanted` under `folder`.

    Links to what is not kept lead to `public`, where people find it on the web.
    """
    saved = Saved()
    waiting = [start]
    fetched: dict[str, Fetched] = {}
    while waiting and len(fetched) < _MOST:
        path = waiting.pop(0)
        try:
            fetched[path] = fetch(base + path)
        except HTTPError:
            saved.missing.append(path)
            continue
        if fetched[path].media_type == "text/html":
            for found in _paths_in(fetched[path].content.decode(), path):
                if is_wanted(found) and found not in fetched and found not in waiting and found not in saved.missing:
                    waiting.append(found)
    saved.files = {path: folder / _name(path, start, one.media_type) for path, one in fetched.items()}
    for path, file in saved.files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_rewritten(fetched[path], path, public, saved.files))
    return saved


def _paths_in(html: str, page: str) -> list[str]:
    """The paths a page refers to on its own server."""
    addresses = (unescape(found["address"]) for found in _LINK.finditer(html))
    joined = (urlsplit(urljoin(page, address)) for address in addresses if not address.startswith("#"))
    return [part.path for part in joined if _is_ours(part)]


def _is_ours(address: SplitResult) -> bool:
    """A path of the same server. A query asks for another view of a page already kept, but for a file's version."""
    return not address.scheme and not address.netloc and (not address.query or address.query.startswith("v="))


def _name(path: str, start: str, media_type: str) -> str:
    """Where a path is kept: the town's own pages at the top, everything with an ending a browser knows."""
    name = path.removeprefix(start).strip("/") or "index"
    if media_type == "text/html":
        return f"{name}.html"
    return name if "." in posixpath.basename(name) else f"{name}.{media_type.partition('/')[2].partition('+')[0]}"


def _rewritten(one: Fetched, page: str, public: str, files: dict[str, Path]) -> bytes:
    """The page with its links to what was saved; whatever was not is still found on the web."""
    if one.media_type != "text/html":
        return one.content

    def leading(reference: re.Match[str]) -> str:
        address = unescape(reference["address"])
        target = urlsplit(urljoin(page, address))
        if target.scheme or target.netloc or address.startswith("#"):
            return reference.group()
        file = files.get(target.path) if _is_ours(target) else None
        if file is None:
            return f"{reference['before']}{escape(urljoin(f'{public}{page}', address))}{reference['after']}"
        relative = posixpath.relpath(file.as_posix(), files[page].parent.as_posix())
        anchor = f"#{target.fragment}" if target.fragment else ""
        return f"{reference['before']}{relative}{anchor}{reference['after']}"

    return _REFERENCE.sub(leading, one.content.decode()).encode()
