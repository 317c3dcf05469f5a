"""The Notices room for the staff, and the notices as residents read them."""

from fastapi import APIRouter

from server.notices.pages import (
    agenda,
    asides,
    feeds,
    history,
    life,
    listing,
    pictures,
    public,
    reading,
    sheets,
    signing,
    writing,
)

router = APIRouter()
# The order matters: fixed words ("new") come before numbers.
for one in (listing, writing, reading, life, history, asides, pictures, sheets, signing, public, agenda, feeds):
    router.routes.extend(one.router.routes)
