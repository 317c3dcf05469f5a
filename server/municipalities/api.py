"""The municipality for programs."""

from typing import Annotated

from fastapi import APIRouter, Depends

from server.accounts.actors import Actor
from server.accounts.dependencies import scoped
from server.municipalities import queries
from server.municipalities.addresses import public_url
from server.municipalities.schemas import MunicipalityView
from server.web.dependencies import Configuration, CurrentTown, Reading

router = APIRouter(tags=["municipality"])


@router.get("/municipality")
async def show_municipality(
    session: Reading, town: CurrentTown, settings: Configuration, _actor: Annotated[Actor, Depends(scoped(None))]
) -> MunicipalityView:
    """Who the municipality of this token is: what its public pages say of it. Any token will do."""
    municipality = await queries.get_municipality(session, town.id)
    view = MunicipalityView.model_validate(municipality)
    return view.model_copy(update={"url": public_url(municipality, settings.url)})
