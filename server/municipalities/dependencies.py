"""From a request's host and path to its town."""

from server.content.typography import typeset
from server.core.colour import readable_on
from server.core.database import Database
from server.municipalities import queries
from server.municipalities.models import Municipality
from server.web.tenancy import FindTown, Town

# The tinted ground of tambour.css (--soft) in both schemes: what is readable there is readable on the plain one too.
PAPER = "#f4f3ef"
DARK_PAPER = "#212327"


def town_finder(database: Database) -> FindTown:
    """What the tenancy layer asks for every request."""

    async def find_town(host: str, segment: str) -> Town | None:
        async with database.reading() as session:
            municipality = await queries.find_by_host_or_slug(session, host, segment)
        return None if municipality is None else town_from(municipality)

    return find_town


def town_from(municipality: Municipality) -> Town:
    """What pages need to know of a municipality."""
    return Town(
        id=municipality.id,
        slug=municipality.slug,
        name=municipality.name,
        phone=municipality.phone,
        email=municipality.email,
        address_lines=[*municipality.address.splitlines(), f"{municipality.postcode} {municipality.post_town}".strip()],
        opening_hours=typeset(municipality.opening_hours, municipality.languages[0]),
        civic=readable_on(municipality.civic_colour, PAPER),
        civic_dark=readable_on(municipality.civic_colour, DARK_PAPER),
        logo_url=f"/logo?v={municipality.logo_key[:10]}" if municipality.logo_key else None,
        languages=tuple(municipality.languages),
        dpo_contact=municipality.dpo_contact,
        publication_director=municipality.publication_director,
        host=municipality.host,
    )
