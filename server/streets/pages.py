"""The address file in the settings: brought, compared, applied."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.accounts.dependencies import Administrator
from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.municipalities.queries import get_municipality
from server.municipalities.quotas import refuse_heavier
from server.streets import queries
from server.streets.importing import apply_file, note_file
from server.streets.models import AddressFile
from server.streets.reading import read_addresses
from server.web.dependencies import CurrentTown, Files, Reading, Writing, database_of
from server.web.forms import Form, SentForm, asking_again
from server.web.said import saying
from server.web.templates import page, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])

APPLIED = saying("addresses-applied", sentence("The address file is applied. Put its new streets into sectors."))
_MOST_BYTES = 24_000_000


@router.get("/desk/settings/addresses", name="addresses")
async def show_addresses(request: Request, session: Reading, town: CurrentTown, _staff: Administrator) -> Response:
    return page(request, "streets/addresses.html", await _context(session, town.id))


@router.post("/desk/settings/addresses", name="addresses_bring")
async def bring_addresses(
    request: Request, town: CurrentTown, staff: Administrator, files: Files, form: SentForm
) -> Response:
    """Reading and storing come before the transaction: fifty thousand rows take a second or two."""
    database = database_of(request)
    async with database.reading() as session:
        insee_code = (await get_municipality(session, town.id)).insee_code
        context = await _context(session, town.id)

    def again(errors: Mapping[str, str]) -> Response:
        return page(request, "streets/addresses.html", {**context, "errors": errors}, status=422)

    with asking_again(lambda errors, _refusal: again(errors)):
        content = await _content(form)
        await refuse_heavier(database, files, town.id, len(content), field="file")
        reading = await asyncio.to_thread(read_addresses, content, insee_code)
        key = await asyncio.to_thread(files.put, town.id, content)
        async with database.writing() as writing:
            brought = await note_file(writing, town.id, staff, key, reading)
    return redirect(request, "address_file", address_file_id=brought.id)


@router.get("/desk/settings/addresses/{address_file_id:int}", name="address_file")
async def show_file(
    request: Request, session: Reading, town: CurrentTown, _staff: Administrator, address_file_id: int
) -> Response:
    file = await queries.get_address_file(session, town.id, address_file_id)
    facts: dict[str, Any] = dict(file.facts)
    bad = [(line, str(Message(msgid, params))) for line, msgid, params in facts["bad"]]
    return page(request, "streets/address_file.html", {"file": file, "facts": facts, "bad": bad})


@router.post("/desk/settings/addresses/{address_file_id:int}/application", name="address_file_apply")
async def apply(
    request: Request, session: Writing, town: CurrentTown, staff: Administrator, files: Files, address_file_id: int
) -> Response:
    async with database_of(request).reading() as looking:
        file: AddressFile = await queries.get_address_file(looking, town.id, address_file_id)
        insee_code = (await get_municipality(looking, town.id)).insee_code
    content = await asyncio.to_thread(files.get, town.id, file.file_key)
    reading = await asyncio.to_thread(read_addresses, content, insee_code)
    await apply_file(session, town.id, staff, address_file_id, reading)
    return redirect(request, "addresses", said=APPLIED)


async def _content(form: Form) -> bytes:
    sent = form.file("file")
    content = await sent.read(_MOST_BYTES + 1) if sent else b""
    if not content:
        raise Invalid({"file": sentence("Choose a file.")})
    if len(content) > _MOST_BYTES:
        raise Invalid({"file": sentence("This file is too heavy: bring the one of your commune alone.")})
    return content


async def _context(session: ReadSession, municipality_id: int) -> dict[str, Any]:
    return {
        "doors": await queries.count_doors(session, municipality_id),
        "last": await queries.find_last_applied(session, municipality_id),
        "errors": {},
    }
