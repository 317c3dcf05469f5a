"""The Boards room: boards, what hangs on them, rounds and their return, certificates, and what the public reads of them."""

from fastapi import APIRouter

from server.boards.pages import listing, planning, returning, rounds, sheets

router = APIRouter()
for _part in (listing, planning, sheets, rounds, returning):
    router.include_router(_part.router)

__all__ = ["router"]
