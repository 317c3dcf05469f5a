"""What an address that is being typed may go on with: the town's streets, with the number that stands already."""

import re

from server.core.database import ReadSession
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places
from server.residents.keys import words_of

_NUMBER = re.compile(r"\s*(\d{1,5}(?:\s?(?:bis|ter|quater|[a-z]))?)[\s,]+(.*)", re.IGNORECASE | re.DOTALL)
_MOST = 8


async def complete_street(session: ReadSession, municipality_id: int, typed: str) -> list[str]:
    """Up to eight addresses; each word that was typed begins a word of the street."""
    found = _NUMBER.fullmatch(typed)
    number, words = (found[1], words_of(found[2])) if found else ("", words_of(typed))
    if not words:
        return []
    streets = [place.name for place in await list_places(session, municipality_id, PlaceKind.STREET)]
    return [f"{number} {street}".strip() for street in streets if _goes_on(words_of(street), words)][:_MOST]


def _goes_on(street: list[str], typed: list[str]) -> bool:
    return all(any(word.startswith(beginning) for word in street) for beginning in typed)
