"""By which ways something comes to people: the channels they chose, and what sheets say that somebody walked or called with."""

from enum import StrEnum

from server.residents.models import Channel


class ToldWay(StrEnum):
    """How somebody heard of it whom nothing that was sent had reached."""

    DOOR = "door"
    PAPER = "paper"
    CALL = "call"


Way = Channel | ToldWay
