"""What other rooms say of a notice on its page: each names a template and gives what it shows. Rooms above register here."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from server.core.database import ReadSession

Look = Callable[[ReadSession, int, int], Awaitable[Mapping[str, Any]]]
"""(session, municipality_id, notice_id) → the context of the part."""


@dataclass(frozen=True)
class Part:
    """A part of the page, filled."""

    template: str
    context: Mapping[str, Any]


_LOOKS: dict[str, Look] = {}


def beside_notices(template: str, look: Look) -> None:
    """Show `template` on every notice's page, with what `look` finds. It reads its context as `part`."""
    _LOOKS[template] = look


async def parts_beside(session: ReadSession, municipality_id: int, notice_id: int) -> list[Part]:
    """Every part, in the order in which the rooms registered."""
    return [Part(template, await look(session, municipality_id, notice_id)) for template, look in _LOOKS.items()]
