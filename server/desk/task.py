"""One line of the to-do page."""

from dataclasses import dataclass

from server.core.i18n import Message


@dataclass(frozen=True)
class Task:
    """One line of the to-do page: what, how much of it, and where it is done (a route and its filter)."""

    words: Message
    action: Message
    route: str
    query: str = ""
    is_pressing: bool = False
