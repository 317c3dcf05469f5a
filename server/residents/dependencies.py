"""What a route of the residents' rooms may ask for: the town's post, and where a request comes from."""

from typing import Annotated

from fastapi import Depends, Request

from server.municipalities.queries import get_municipality
from server.residents.mails import Post
from server.web.dependencies import Configuration, CurrentTown, Keys, database_of


async def _post(request: Request, town: CurrentTown, secrets: Keys, settings: Configuration) -> Post:
    async with database_of(request).reading() as session:
        return Post(await get_municipality(session, town.id), secrets, settings.url)


TownsPost = Annotated[Post, Depends(_post)]


def asker(request: Request) -> str:
    """The address a request comes from; only a keyed hash of its network is ever written down."""
    return request.client.host if request.client else ""
