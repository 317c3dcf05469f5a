"""The staff's rooms: one navigation, seven words, and the urgent notice in its place. A role sees only its rooms."""

from collections.abc import Iterable
from dataclasses import dataclass

from server.core.i18n import Message, sentence


@dataclass(frozen=True)
class Room:
    key: str
    name: Message
    route: str
    roles: frozenset[str]


def _room(key: str, name: Message, route: str, *roles: str) -> Room:
    return Room(key, name, route, frozenset({*roles, "administrator"}))


ROOMS = (
    _room("desk", sentence("To do"), "desk", "editor", "publisher", "counter", "poster"),
    _room("notices", sentence("Notices"), "notices", "editor", "publisher", "poster"),
    _room("issues", sentence("Letters and bulletins"), "issues", "editor", "publisher"),
    _room("mailings", sentence("Mailings"), "mailings", "editor", "publisher"),
    _room("boards", sentence("Boards"), "boards", "editor", "publisher", "counter", "poster"),
    _room("residents", sentence("Residents"), "residents", "counter"),
    _room("settings", sentence("Settings"), "settings"),
    _room("urgent", sentence("Urgent notice"), "urgent_new", "editor", "publisher"),
)


def rooms_for(roles: Iterable[str]) -> list[Room]:
    """The rooms somebody with `roles` sees, in order."""
    held = set(roles)
    return [room for room in ROOMS if room.roles & held]
