"""The proof that is signed on paper: the text with numbered lines, which version it is, and a box to sign."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.core.i18n import LANGUAGES, sentence, translate
from server.press import process
from server.press.poster import shown_in
from server.press.sheet import Sheet
from server.press.style import USUAL, Style

_WORDS = {
    "proof": sentence("Proof to read and sign"),
    "footer": sentence("Only the version named here is approved; any change needs a new signature."),
    "approval": sentence("Approval"),
    "declaration": sentence("I have read this text as it is printed here, and I approve its publication."),
    "text": sentence("Mark of the text:"),
    "good": sentence("To be published as it is"),
    "corrections": sentence("To be corrected, lines:"),
    "name": sentence("Name"),
    "capacity": sentence("Capacity"),
    "date": sentence("Date"),
    "signature": sentence("Signature"),
}
_SIGNED = sentence("What is signed:")


@dataclass(frozen=True, slots=True)
class Section:
    """A text of the proof: a notice, an editorial, a column."""

    title: str
    summary: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Mapping[str, Any], ...] = ()
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """`number` and `version` in words ("Notice no. 2026-087", "version 4"); `hash` names exactly what is approved."""

    issuer_name: str
    title: str
    number: str
    version: str
    hash: str
    saved: str
    sections: tuple[Section, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    language: str = "fr"
    style: Style = USUAL


async def print_proof(proof: Proof) -> bytes:
    """The proof as PDF/UA. Raises PressError."""
    return (await process.compile_sheet(_sheet(proof))).pdf


async def preview_proof(proof: Proof, ppi: float = 72.0) -> list[bytes]:
    """Its pages as PNG. Raises PressError."""
    return list((await process.compile_sheet(replace(_sheet(proof), output="png", ppi=ppi))).files)


def _sheet(proof: Proof) -> Sheet:
    language = proof.language if proof.language in LANGUAGES else LANGUAGES[0]
    data: dict[str, Any] = {
        "language": proof.language.partition("-")[0].lower(),
        "issuer": proof.issuer_name,
        "title": proof.title,
        "number": proof.number,
        "version": proof.version,
        "hash": proof.hash,
        "about": [[translate(_SIGNED, language), proof.saved]] if proof.saved else [],
        "sections": [
            {
                "title": one.title,
                "summary": one.summary,
                "facts": one.facts,
                "blocks": one.blocks,
                "contact": one.contact,
            }
            for one in proof.sections
        ],
        "words": {name: translate(words, language) for name, words in _WORDS.items()},
    }
    pictures = shown_in("proof", [block for one in proof.sections for block in one.blocks], proof.pictures)
    return Sheet("proof", data, pictures, style=proof.style)
