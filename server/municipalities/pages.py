"""The Settings room: one page of sections, each with its own form; the logo as residents see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from server.accounts.dependencies import Administrator
from server.core.errors import NotFound
from server.core.i18n import Message, sentence
from server.municipalities import queries, service
from server.municipalities.models import Municipality
from server.municipalities.schemas import Identity, Languages, People, Sender
from server.web.dependencies import CurrentTown, Files, Reading, Writing
from server.web.forms import SentForm, asking_again
from server.web.said import saying
from server.web.templates import has_route, page, path_for, redirect, room

router = APIRouter(dependencies=[Depends(room("settings"))])
public_router = APIRouter()

SAVED = saying("settings-saved", sentence("The settings are saved."))


@dataclass(frozen=True)
class Section:
    """A part of the settings: where it is, what it is called, what it is about."""

    route: str
    name: Message
    about: Message
    key: str = ""


OWN_SECTIONS = (
    Section(
        "settings_section",
        sentence("Identity"),
        sentence("Name, address, telephone, opening hours: what every page, mail and poster says of the town hall."),
        "identity",
    ),
    Section("settings_look", sentence("Colour and logo"), sentence("What makes a page the town’s own.")),
    Section("settings_paper", sentence("Paper"), sentence("The letters and margins of everything that is printed.")),
    Section(
        "settings_section",
        sentence("Languages"),
        sentence("The languages of the public pages, and the one they open in."),
        "languages",
    ),
    Section(
        "settings_section",
        sentence("Sender of mails"),
        sentence("The name and address mails come from, and where answers go."),
        "sender",
    ),
    Section(
        "settings_section",
        sentence("People in charge"),
        sentence("Mayor, publication director, data-protection contact."),
        "people",
    ),
    Section(
        "settings_host", sentence("Address on the web"), sentence("The town’s own name of the web, if it has one.")
    ),
)
OTHER_SECTIONS = (
    Section("signing", sentence("Signature of mails"), sentence("The keys that prove your mails are yours (DKIM).")),
    Section("relay", sentence("Relay"), sentence("By which server the town’s mails leave.")),
    Section(
        "witnesses", sentence("Witness mailboxes"), sentence("Whether your mails really arrive, provider by provider.")
    ),
    Section("places", sentence("Places"), sentence("Sectors and streets, to say who is concerned.")),
    Section("addresses", sentence("Addresses"), sentence("The commune’s address file: every street, every door.")),
    Section("sending_domain", sentence("Sending domain"), sentence("Whether readers’ providers believe our mail.")),
    Section("topics", sentence("Topics"), sentence("What residents can subscribe to.")),
    Section("staff", sentence("Staff"), sentence("Who works here, with which roles.")),
    Section("tokens", sentence("API tokens"), sentence("What lets a program of yours read or write.")),
    Section("audit", sentence("Audit trail"), sentence("Who did what, when.")),
    Section("support", sentence("Visits of the host"), sentence("Whether who hosts Tambour may look in, to help.")),
)
_FORMS: Mapping[str, type[Identity | Languages | Sender | People]] = {
    "identity": Identity,
    "languages": Languages,
    "sender": Sender,
    "people": People,
}


@router.get("/desk/settings", name="settings")
async def show_settings(request: Request, session: Reading, town: CurrentTown, actor: Administrator) -> Response:
    municipality = await queries.get_municipality(session, town.id)
    missing = [name for name, value in _WANTED.items() if not getattr(municipality, value[0])]
    context = {
        "own": [(section, _url(request, section)) for section in OWN_SECTIONS],
        "others": [
            (section, _url(request, section)) for section in OTHER_SECTIONS if has_route(request, section.route)
        ],
        "missing": [(str(_WANTED[name][1]), path_for(request, "settings_section", section=name)) for name in missing],
    }
    return page(request, "municipalities/settings.html", context)


# What a town cannot do without: section → the field that must be filled in, and the sentence that says so.
_WANTED = {
    "identity": ("phone", sentence("Give a telephone number: some residents have nothing else.")),
    "sender": ("sender_address", sentence("Give the address mails come from: without it nothing can be sent.")),
    "people": ("dpo_contact", sentence("Name the data-protection contact: every mail must say it.")),
}


@router.get("/desk/settings/municipality/{section}", name="settings_section")
async def show_section(
    request: Request, session: Reading, town: CurrentTown, actor: Administrator, section: str
) -> Response:
    _schema_of(section)
    municipality = await queries.get_municipality(session, town.id)
    return _section_page(request, section, _values_of(municipality))


@router.post("/desk/settings/municipality/{section}", name="settings_section_save")
async def save_section(
    request: Request, session: Writing, town: CurrentTown, actor: Administrator, section: str, form: SentForm
) -> Response:
    schema = _schema_of(section)
    typed = form.values | {"languages": form.texts("languages")}
    with asking_again(lambda errors, _refusal: _section_page(request, section, typed, errors)):
        change = form.parse(schema)
        if isinstance(change, Languages):
            await service.change_languages(session, town.id, actor, change)
        else:
            await service.change_settings(session, town.id, actor, change)
    return redirect(request, "settings", said=SAVED)


@public_router.get("/logo", name="logo")
async def show_logo(session: Reading, town: CurrentTown, files: Files) -> Response:
    """The address carries a mark of the content (see dependencies.py), so a browser may keep it."""
    municipality = await queries.get_municipality(session, town.id)
    if municipality.logo_key is None:
        raise NotFound
    headers = {"cache-control": "public, max-age=86400", "content-disposition": "inline; filename=logo.png"}
    return Response(files.get(town.id, municipality.logo_key), media_type=municipality.logo_type, headers=headers)


def _schema_of(section: str) -> type[Identity | Languages | Sender | People]:
    if section not in _FORMS:
        raise NotFound
    return _FORMS[section]


def _values_of(municipality: Municipality) -> dict[str, Any]:
    return municipality.model_dump() | {"first": municipality.languages[0]}


def _section_page(
    request: Request, section: str, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> Response:
    empty = dict.fromkeys(_fields_of(_schema_of(section)), "")
    context = {"values": empty | dict(values), "errors": errors or {}, "section": section}
    return page(request, f"municipalities/{section}.html", context, status=422 if errors else 200)


def _fields_of(schema: type[BaseModel]) -> list[str]:
    return list(schema.model_fields)


def _url(request: Request, section: Section) -> str:
    return path_for(request, section.route, **({"section": section.key} if section.key else {}))
