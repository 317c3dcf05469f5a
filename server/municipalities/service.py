"""Use cases of the municipality: created, described, dressed, given its own host name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from server.accounts import audit
from server.accounts.actors import Actor
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Invalid
from server.core.files import FileStore
from server.core.i18n import sentence
from server.municipalities import queries
from server.municipalities.logo import MEDIA_TYPE
from server.municipalities.models import Municipality
from server.municipalities.schemas import (
    Identity,
    Languages,
    Look,
    MunicipalityDraft,
    OwnHost,
    PaperLook,
    People,
    Sender,
)

SETTINGS_CHANGED = audit.action("settings.changed", sentence("Changed the settings"))
_SLUG_TAKEN = sentence("Another municipality has this address. Choose a different one.")
_HOST_TAKEN = sentence("This name already leads somewhere else on this server.")


async def create_municipality(session: WriteSession, draft: MunicipalityDraft) -> Municipality:
    """A new tenant. Mails come from its own address as soon as it has one. Raises Invalid if the slug is taken."""
    municipality = Municipality(
        **draft.model_dump(), sender_name=draft.name, reply_address=draft.email, created_at=clock.now()
    )
    async with _unless_taken(session, Invalid({"slug": _SLUG_TAKEN})):
        session.add(municipality)
    return municipality


async def change_settings(
    session: WriteSession, municipality_id: int, actor: Actor, change: Identity | PaperLook | Sender | People
) -> None:
    """What a section of the settings says, from now on."""
    await _apply(session, municipality_id, actor, change, type(change).__name__.lower())


async def change_languages(session: WriteSession, municipality_id: int, actor: Actor, change: Languages) -> None:
    municipality = await queries.get_municipality(session, municipality_id)
    municipality.languages = change.ordered
    session.add(municipality)
    await _record(session, municipality_id, actor, "languages")


async def change_look(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    change: Look,
    *,
    files: FileStore,
    logo: bytes | None = None,
    without_logo: bool = False,
) -> None:
    """The colour, and the logo if a new one is given (as `prepare_logo` made it) or the old one is taken away."""
    municipality = await queries.get_municipality(session, municipality_id)
    municipality.civic_colour = change.civic_colour
    if logo is not None:
        municipality.logo_key, municipality.logo_type = files.put(municipality_id, logo), MEDIA_TYPE
    elif without_logo:
        municipality.logo_key = municipality.logo_type = None
    session.add(municipality)
    await _record(session, municipality_id, actor, "look")


async def change_host(
    session: WriteSession, municipality_id: int, actor: Actor, change: OwnHost, *, instance_hosts: frozenset[str]
) -> None:
    """Answer under the town's own name of the web. Raises Invalid if the name is the instance's or another town's."""
    if change.host in instance_hosts:
        raise Invalid({"host": _HOST_TAKEN})
    municipality = await queries.get_municipality(session, municipality_id)
    async with _unless_taken(session, Invalid({"host": _HOST_TAKEN})):
        municipality.host = change.host
    await _record(session, municipality_id, actor, "host")


async def _apply(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    change: Identity | PaperLook | Sender | People,
    section: str,
) -> None:
    municipality: SQLModel = await queries.get_municipality(session, municipality_id)
    municipality.sqlmodel_update(change.model_dump())
    session.add(municipality)
    await _record(session, municipality_id, actor, section)


async def _record(session: WriteSession, municipality_id: int, actor: Actor, section: str) -> None:
    await audit.record(
        session,
        municipality_id,
        actor.account_id,
        SETTINGS_CHANGED,
        "municipality",
        municipality_id,
        {"section": section},
    )


@asynccontextmanager
async def _unless_taken(session: WriteSession, taken: Invalid) -> AsyncIterator[None]:
    """What is changed inside is written at once: slugs and hosts are unique, and the database is the judge of it."""
    try:
        async with session.begin_nested():
            yield
    except IntegrityError as error:
        raise taken from error
