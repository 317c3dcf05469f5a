"""What the press is asked for and what it answers: values, without a process or a font in sight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from server.press.style import USUAL, Style

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "print"


@dataclass(frozen=True)
class Sheet:
    """One product to print. `product` names a template, `data` is what it reads: JSON, never Typst source.

    `pictures` are JPEG or PNG bytes by name; a template opens them as `pictures/<name>.svg`.
    """

    product: str
    data: Mapping[str, Any]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    output: Literal["pdf", "png", "pages", "facts"] = "pdf"
    """With `facts` it is only measured, which is quicker than drawing it; `pages` is a PDF to look at, see pages.py."""
    ppi: float = 72.0
    standards: tuple[str, ...] = ("ua-1",)
    style: Style = USUAL
    seconds: float = 20.0


@dataclass(frozen=True)
class Print:
    """One PDF, or one PNG per page. `facts` is what the template measured and told under `<facts>`."""

    files: tuple[bytes, ...]
    facts: Mapping[str, Any]

    @property
    def pdf(self) -> bytes:
        (content,) = self.files
        return content
