"""How a town's printed products look: the one place where its settings become what the press is given."""

import asyncio

from server.content.typography import typeset
from server.core.files import FileStore
from server.municipalities.models import Municipality
from server.press.issue import Issuer
from server.press.style import Style


def style_of(municipality: Municipality) -> Style:
    """The faces and margins chosen in the settings."""
    return Style(municipality.paper_titles, municipality.paper_reading, municipality.paper_margin_mm)


async def logo_of(files: FileStore, municipality: Municipality) -> bytes | None:
    """The arms, if the town has brought any."""
    key = municipality.logo_key
    return await asyncio.to_thread(files.get, municipality.id, key) if key else None


def address_of(municipality: Municipality) -> str:
    """The town hall's lines, its post town last."""
    town = f"{municipality.postcode} {municipality.post_town}".strip()
    return "\n".join(line for line in (*municipality.address.splitlines(), town) if line.strip())


def hours_of(municipality: Municipality, most: int | None = None) -> str:
    """When the town hall is open, `most` lines of it: a figure and its h stay on one line."""
    return typeset("\n".join(municipality.opening_hours.splitlines()[:most]), municipality.languages[0])


def issuer_of(municipality: Municipality) -> Issuer:
    """The town hall as every sheet names it; its arms are read apart."""
    return Issuer(
        name=municipality.name,
        address=address_of(municipality),
        phone=municipality.phone,
        email=municipality.email,
        website=municipality.website,
        hours=hours_of(municipality),
        colour=municipality.civic_colour,
        data_protection=municipality.dpo_contact,
    )
