"""New towns: one by a form, three hundred by a list. The one-time links stand on the page that answers, nowhere else."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from server.accounts.dependencies import Operator
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.hosting.lists import Report, open_many_towns
from server.hosting.schemas import COLUMNS, TownOpening
from server.hosting.service import open_town
from server.web.dependencies import Configuration, database_of
from server.web.forms import SentForm, asking_again
from server.web.templates import page

router = APIRouter()


@router.get("/operator/towns/new", name="operator_town_new")
async def show_new(request: Request, operator: Operator) -> Response:
    return _new_page(request, {}, {})


@router.post("/operator/towns", name="operator_town_open")
async def open_one(request: Request, operator: Operator, settings: Configuration, form: SentForm) -> Response:
    with asking_again(lambda errors, _refusal: _new_page(request, form.values, errors)):
        opening = form.parse(TownOpening)
        async with database_of(request).writing() as session:
            opened = await open_town(session, operator, opening, settings.url)
    return _opened_page(request, Report([opened]))


@router.post("/operator/towns/list", name="operator_towns_open")
async def open_many(request: Request, operator: Operator, settings: Configuration, form: SentForm) -> Response:
    with asking_again(lambda errors, _refusal: _new_page(request, {}, errors)):
        sent = form.file("file")
        if sent is None:
            raise Invalid({"file": sentence("Choose a file.")})
        report = await open_many_towns(database_of(request), operator, await sent.read(), settings.url)
    return _opened_page(request, report)


def _new_page(request: Request, values: Mapping[str, Any], errors: Mapping[str, str]) -> Response:
    names = ("name", "insee_code", "email", "phone", "slug", "administrator", "administrator_email")
    context = {"values": dict.fromkeys(names, "") | dict(values), "errors": errors, "columns": COLUMNS}
    return page(request, "hosting/new.html", context, status=422 if errors else 200)


def _opened_page(request: Request, report: Report) -> Response:
    return page(request, "hosting/opened.html", {"report": report})
