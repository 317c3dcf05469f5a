"""How many people may be on a town's list, where who hosts it has set a limit."""

from sqlmodel import col, func, select

from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.municipalities.queries import get_municipality
from server.residents.models import Resident


async def refuse_more_people(session: ReadSession, municipality_id: int, more: int = 1) -> None:
    """Raise Invalid if `more` people are too many."""
    most = (await get_municipality(session, municipality_id)).most_people
    if most is None:
        return
    here = (col(Resident.municipality_id) == municipality_id, col(Resident.left_at).is_(None))
    count = int(await session.scalar(select(func.count()).select_from(Resident).where(*here)) or 0)
    if count + more > most:
        words = sentence(
            "The town’s list may hold {most} people, and {count} are on it. The town hall can ask who hosts Tambour for more.",
            most=most,
            count=count,
        )
        raise Invalid({"": words}, words)
