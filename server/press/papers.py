"""Papers that prove: certificates and acts, as PDF/A that says the same for ever."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from server.press import process
from server.press.sheet import Sheet

ARCHIVED = ("a-2a", "ua-1")
"""Kept for ever, and read aloud."""


@dataclass(frozen=True, slots=True)
class CertificatePaper:
    """Everything in the words printed. The first of `rows` names the columns."""

    town: str
    address: str
    title: str
    number: str
    body: str
    rows: tuple[tuple[str, ...], ...]
    basis: str
    done: str
    signer: str
    signature: str
    day: tuple[int, int, int]
    """Year, month, day: what is archived is dated."""
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class ActPaper:
    """An act as it is published. `facts` are pairs of a name and what it is; `blocks` as in a poster."""

    town: str
    address: str
    title: str
    number: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Mapping[str, Any], ...]
    signer: str
    day: tuple[int, int, int]
    language: str = "fr"


async def print_certificate(paper: CertificatePaper) -> bytes:
    """Raises PressError."""
    return (await process.compile_sheet(Sheet("certificate", asdict(paper), standards=ARCHIVED))).pdf


async def print_act(paper: ActPaper, pictures: Mapping[str, bytes]) -> bytes:
    """Raises PressError."""
    return (await process.compile_sheet(Sheet("act", asdict(paper), pictures, standards=ARCHIVED))).pdf
