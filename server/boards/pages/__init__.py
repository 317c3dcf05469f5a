"""The Boards room: boards, what hangs on them, rounds and their return, certificates, and what the public reads of them."""

from fastapi import APIRouter

from server.boards import beside as _on_notices
from server.boards.pages import (
    acts,
    certificates,
    free,
    importing,
    listing,
    planning,
    presets,
    public,
    returning,
    rounds,
    sheets,
)

router = APIRouter()
# The order matters: fixed words ("new") come before codes.
for _part in (listing, importing, planning, sheets, rounds, returning, certificates, acts, presets, free, public):
    router.routes.extend(_part.router.routes)

__all__ = ["_on_notices", "router"]
