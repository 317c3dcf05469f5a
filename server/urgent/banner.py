"""What stands on every public page of a town as long as something urgent holds there."""

from dataclasses import replace

from server.core.database import Database, ReadSession
from server.notices.queries import get_notice
from server.urgent.models import UrgentNotice
from server.urgent.queries import in_force
from server.web.tenancy import Banner, FindTown, Town


def with_banners(find_town: FindTown, database: Database) -> FindTown:
    """The same, with what is urgent there at this moment."""

    async def find(host: str, segment: str) -> Town | None:
        town = await find_town(host, segment)
        if town is None:
            return None
        async with database.reading() as session:
            banners = [await _banner(session, one) for one in await in_force(session, town.id)]
        return replace(town, banners=tuple(banners)) if banners else town

    return find


async def _banner(session: ReadSession, urgent: UrgentNotice) -> Banner:
    number = (await get_notice(session, urgent.municipality_id, urgent.notice_id)).number if urgent.notice_id else ""
    return Banner(urgent.title, urgent.what, urgent.where_text, number)
