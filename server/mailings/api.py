"""Mailings for programs: what left, and its figures."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from server.accounts.actors import Actor
from server.accounts.dependencies import scoped
from server.mailings import queries
from server.mailings.models import Lane, Mailing, MailingKind, MailingState
from server.mailings.schemas import Figures
from server.web.dependencies import CurrentTown, Reading
from server.web.pagination import AskedSlice, Listing

router = APIRouter(prefix="/mailings", tags=["mailings"])

Reader = Annotated[Actor, Depends(scoped("mailings:read"))]


class FiguresView(BaseModel):
    """Sums of the ledger's rows: `total` is the sum of all but `maybe_twice`."""

    model_config = ConfigDict(from_attributes=True)

    total: int
    to_send: int
    accepted: int
    deferred: int
    refused: int
    uncertain: int
    cancelled: int
    maybe_twice: int


class MailingView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: MailingKind
    lane: Lane
    subject: str
    origin: str
    state: MailingState
    scheduled_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    figures: FiguresView


@router.get("")
async def list_mailings(session: Reading, town: CurrentTown, _actor: Reader, asked: AskedSlice) -> Listing[MailingView]:
    """Sendings of letters and notices, the latest first."""
    found = await queries.list_mailings(session, town.id, asked)
    return Listing[MailingView].of(found, [_view(line.mailing, line.figures) for line in found.items])


@router.get("/{mailing_id}")
async def get_mailing(session: Reading, town: CurrentTown, _actor: Reader, mailing_id: int) -> MailingView:
    """One sending with its figures, as they are at this moment."""
    mailing = await queries.get_mailing(session, town.id, mailing_id)
    return _view(mailing, await queries.figures(session, town.id, mailing_id))


def _view(mailing: Mailing, figures: Figures) -> MailingView:
    return MailingView(
        **mailing.model_dump(include=set(MailingView.model_fields)), figures=FiguresView.model_validate(figures)
    )
