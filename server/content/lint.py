"""What keeps a notice from being published, and what would make it better. Each finding names its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from server.content.document import (
    Block,
    Document,
    Emphasis,
    Heading,
    Image,
    Inline,
    Link,
    Paragraph,
    Strong,
    Table,
    plain,
    walk,
)
from server.content.finished import find_remote, find_trackers
from server.content.links import with_links
from server.content.trackers import Tracker, TrackerKind, find_tracker
from server.core.i18n import Message, sentence

__all__ = ["Facts", "Finding", "Severity", "find_remote", "find_trackers", "has_blocking", "lint"]


class Severity(StrEnum):
    BLOCKING = "blocking"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable; `line` counts in the body as it was typed; `field` is the form's field to go to."""

    code: str
    severity: Severity
    message: Message
    line: int | None = None
    field: str = "body"
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands beside the body: the telephone to call, and other fields whose addresses are judged too."""

    contact_phone: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


_EXCERPT = 80
_OUR_PICTURE = re.compile(r"picture:[0-9]{1,18}")
_FILE_NAME = re.compile(r"\S{1,120}\.(?:jpe?g|png|gif|webp|svg|heic)", re.IGNORECASE)
_WORDS_WITH_PATH = re.compile(
    r"(?<![\w/@.-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}/[^\s<>\"«»]{1,300}", re.IGNORECASE
)
_HTML = re.compile(r"</?[a-z][a-z0-9]{0,20}[\s/>]", re.IGNORECASE)
_FEWEST_DIGITS = 4  # 3919 is a telephone number
_VAGUE_WORDS = """
    ici | cliquez ici | cliquer ici | clic ici | par ici | là | lien | ce lien | le lien | suivez ce lien | voir | voir ici
    | lire | lire la suite | suite | la suite | en savoir plus | savoir plus | plus | plus d'infos | plus d'informations
    | détails | infos | télécharger | page | cette page | site | ce site | le site | here | click here | click | link
    | this link | the link | read more | more | learn more | find out more | see more | details | download | this page
    | website | this website
"""
_VAGUE = frozenset(words.strip() for words in _VAGUE_WORDS.split("|"))

_TRACKER_SENTENCES = {
    TrackerKind.TAG: sentence("This link carries the tag “{evidence}”, which tells others who followed it. Remove it."),
    TrackerKind.SHORTENER: sentence(
        "This link goes through the shortener {evidence}, which counts readers. Give the full address."
    ),
    TrackerKind.REDIRECT: sentence("This link makes a detour to reach {evidence}. Give the final address."),
    TrackerKind.PERSONAL: sentence(
        "This link looks made for one reader (“{evidence}”). Give the address that everybody can use."
    ),
    TrackerKind.COUNTER: sentence(
        "This link goes through a counter of readers (“{evidence}”). Give the final address."
    ),
    TrackerKind.PIXEL: sentence("This link leads to a picture that counts readers (“{evidence}”). Remove it."),
}
# In plain words only these are sure enough: "c/o" is not an address.
_SURE_IN_WORDS = frozenset([TrackerKind.TAG, TrackerKind.SHORTENER, TrackerKind.REDIRECT])


def lint(document: Document, facts: Facts) -> list[Finding]:
    """Every finding, in reading order; the body's first, then the other fields'."""
    findings = [finding for block in walk(document.blocks) for finding in _block(block)]
    findings += _heading_jumps(document)
    findings.sort(key=lambda finding: finding.line or 0)
    for name, text in facts.texts.items():
        for inline in with_links(text):
            findings += _inline(inline, None, name)
    if sum(sign.isdigit() for sign in facts.contact_phone) < _FEWEST_DIGITS:
        words = sentence("Give a telephone number: not everybody can write or click.")
        findings.append(Finding("phone-missing", Severity.BLOCKING, words, None, "contact_phone"))
    return findings


def has_blocking(findings: list[Finding]) -> bool:
    return any(finding.severity is Severity.BLOCKING for finding in findings)


def _block(block: Block) -> Iterator[Finding]:
    match block:
        case Heading(children=run, line=line) | Paragraph(children=run, line=line):
            yield from _run(run, line)
        case Table(header=header, rows=rows, line=line):
            for cells in (header, *rows):
                for cell in cells:
                    yield from _run(cell, line)
            if not any(plain(cell).strip() for cell in header):
                words = sentence("Name the columns of this table: a screen reader announces them with each cell.")
                yield Finding("table-without-headers", Severity.ADVICE, words, line)
        case Image():
            yield from _image(block)


def _image(image: Image) -> Iterator[Finding]:
    excerpt = (image.alternative or image.source)[:_EXCERPT]
    if not _OUR_PICTURE.fullmatch(image.source):
        words = sentence("This picture lies elsewhere, where its readers are counted. Add it to the notice's pictures.")
        yield Finding("picture-elsewhere", Severity.BLOCKING, words, image.line, excerpt=image.source[:_EXCERPT])
    if not image.alternative.strip():
        words = sentence("Say in words what this picture shows, for those who do not see it.")
        yield Finding("picture-without-words", Severity.BLOCKING, words, image.line, excerpt=excerpt)
    elif _FILE_NAME.fullmatch(image.alternative.strip()):
        words = sentence(
            "“{name}” is the name of a file. Say what the picture shows.", name=image.alternative[:_EXCERPT]
        )
        yield Finding("picture-words-are-file-name", Severity.BLOCKING, words, image.line, excerpt=excerpt)


def _run(run: tuple[Inline, ...], line: int | None) -> Iterator[Finding]:
    yield from _inlines(run, line, "body")
    words = plain(run)
    if _HTML.search(words):
        message = sentence("This HTML will be shown as it stands. Write the words only.")
        yield Finding("html-as-words", Severity.ADVICE, message, line, excerpt=words[:_EXCERPT])
        for suspect in find_trackers(words):
            yield _tracker_finding(suspect.tracker, suspect.address, line, "body")


def _inlines(run: tuple[Inline, ...], line: int | None, name: str) -> Iterator[Finding]:
    for inline in run:
        yield from _inline(inline, line, name)


def _inline(inline: Inline, line: int | None, name: str) -> Iterator[Finding]:
    match inline:
        case Strong(children=children) | Emphasis(children=children):
            yield from _inlines(children, line, name)
        case Link(href=href, children=children):
            yield from _tracker(href, line, name)
            yield from _link_words(plain(children).strip(), href, line, name)
        case _:
            # a mail reader makes links of words that look like an address
            for found in _WORDS_WITH_PATH.finditer(plain((inline,))):
                yield from _tracker(found.group(), line, name, _SURE_IN_WORDS)


def _tracker(
    address: str, line: int | None, name: str, kinds: frozenset[TrackerKind] = frozenset(TrackerKind)
) -> Iterator[Finding]:
    tracker = find_tracker(address)
    if tracker and tracker.kind in kinds:
        yield _tracker_finding(tracker, address, line, name)


def _tracker_finding(tracker: Tracker, address: str, line: int | None, name: str) -> Finding:
    words = replace(_TRACKER_SENTENCES[tracker.kind], params={"evidence": tracker.evidence[:_EXCERPT]})
    return Finding(f"tracker-{tracker.kind}", Severity.BLOCKING, words, line, name, address[:_EXCERPT])


def _link_words(words: str, href: str, line: int | None, name: str) -> Iterator[Finding]:
    if not words:
        message = sentence("This link has no words. Say where it leads.")
        yield Finding("link-without-words", Severity.BLOCKING, message, line, name, href[:_EXCERPT])
    elif " ".join(words.lower().replace("’", "'").strip(" .:!…>»\u00a0\u202f").split()) in _VAGUE:
        message = sentence("“{words}” does not say where the link leads; on paper it says nothing.", words=words)
        yield Finding("link-words-vague", Severity.ADVICE, message, line, name, href[:_EXCERPT])


def _heading_jumps(document: Document) -> Iterator[Finding]:
    """The title of the notice is level 1; each heading may go one level deeper than the one before it."""
    before = 1
    for block in walk(document.blocks):
        if isinstance(block, Heading):
            if block.level > before + 1:
                words = sentence("This heading skips a level. Use {marks} here.", marks="#" * (before + 1))
                yield Finding(
                    "heading-jump", Severity.BLOCKING, words, block.line, excerpt=plain(block.children)[:_EXCERPT]
                )
            before = block.level
