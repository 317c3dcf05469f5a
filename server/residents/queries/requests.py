"""Questions about what waits for a yes: confirmations by email, paper asked for on the web."""

from sqlalchemy import func
from sqlmodel import col, select

from server.core import clock
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.residents.models import JoinRequest, RequestKind


async def find_request(session: ReadSession, municipality_id: int, request_id: int) -> JoinRequest | None:
    """A request that waits for its owner, or was confirmed; not one that is too old."""
    query = select(JoinRequest).where(
        col(JoinRequest.municipality_id) == municipality_id,
        col(JoinRequest.id) == request_id,
        col(JoinRequest.kind) != RequestKind.PAPER,
        col(JoinRequest.expires_at) > clock.now(),
    )
    return (await session.scalars(query)).one_or_none()


async def list_to_check(session: ReadSession, municipality_id: int, limit: int = 200) -> list[JoinRequest]:
    """Paper asked for on the web, the longest waiting first."""
    query = (
        select(JoinRequest)
        .where(
            col(JoinRequest.municipality_id) == municipality_id,
            col(JoinRequest.kind) == RequestKind.PAPER,
            col(JoinRequest.expires_at) > clock.now(),
        )
        .order_by(col(JoinRequest.id))
        .limit(limit)
    )
    return list(await session.scalars(query))


async def count_to_check(session: ReadSession, municipality_id: int) -> int:
    """How many people asked for paper on the web and wait for the counter."""
    query = select(func.count()).where(
        col(JoinRequest.municipality_id) == municipality_id,
        col(JoinRequest.kind) == RequestKind.PAPER,
        col(JoinRequest.expires_at) > clock.now(),
    )
    return int(await session.scalar(query) or 0)


async def get_paper_request(session: ReadSession, municipality_id: int, request_id: int) -> JoinRequest:
    """Raises NotFound."""
    query = select(JoinRequest).where(
        col(JoinRequest.municipality_id) == municipality_id,
        col(JoinRequest.id) == request_id,
        col(JoinRequest.kind) == RequestKind.PAPER,
    )
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise NotFound
    return found
