"""How to receive the town's news, by every channel: the page, the form by email, the form for paper."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.core.i18n import current_language
from server.residents import joining, paper
from server.residents.consent import CALLS, consent_words
from server.residents.dependencies import TownsPost, asker
from server.residents.models import Channel
from server.residents.pages.common import HONEYPOT, as_list, check_human, choices, streets
from server.residents.schemas import PAPER, EmailWish, PaperWish
from server.residents.words import CHANNELS
from server.web.dependencies import CurrentTown, Keys, Reading, Writing
from server.web.form_token import issue_form_token
from server.web.forms import SentForm, asking_again
from server.web.freshness import PUBLIC
from server.web.templates import page, redirect
from server.web.tenancy import Town

router = APIRouter()

_JOIN, _PAPER = "join", "paper"


@router.get("/receive", name="receive")
async def show_ways(request: Request, session: Reading, town: CurrentTown, secrets: Keys) -> Response:
    answer = _ways_page(request, town, secrets, await choices(session, town), {})
    answer.headers.update(PUBLIC)
    return answer


@router.post("/join", name="join")
async def join(request: Request, session: Writing, post: TownsPost, town: CurrentTown, form: SentForm) -> Response:
    """The same page follows whether the address is known, unknown, barred, or one too many."""
    offered = await choices(session, town)
    with asking_again(lambda errors, _: _ways_page(request, town, post.secrets, offered, form.values, errors)):
        wish = form.parse(EmailWish)
        check_human(post.secrets, _JOIN, form)
        if not form.text(HONEYPOT):
            await joining.request_to_join(session, post, wish, asker(request))
    return redirect(request, "join_sent")


@router.get("/receive/sent", name="join_sent")
async def show_sent(request: Request, town: CurrentTown) -> Response:
    return page(request, "public/join_sent.html")


@router.get("/receive/paper", name="receive_paper")
async def show_paper(request: Request, session: Reading, town: CurrentTown, post: TownsPost) -> Response:
    answer = _paper_page(request, post, await choices(session, town), {}, await streets(session, town))
    answer.headers.update(PUBLIC)
    return answer


@router.post("/receive/paper", name="paper_ask")
async def ask_for_paper(
    request: Request, session: Writing, town: CurrentTown, post: TownsPost, form: SentForm
) -> Response:
    offered, names = await choices(session, town), await streets(session, town)
    with asking_again(lambda errors, _: _paper_page(request, post, offered, form.values, names, errors)):
        wish = form.parse(PaperWish)
        check_human(post.secrets, _PAPER, form)
        if not form.text(HONEYPOT):
            await paper.ask_for_paper(session, post.secrets, post.municipality, wish, asker(request))
    return redirect(request, "paper_sent")


@router.get("/receive/paper/sent", name="paper_sent")
async def show_paper_sent(request: Request, town: CurrentTown) -> Response:
    return page(request, "public/paper_sent.html")


def _ways_page(
    request: Request,
    town: Town,
    secrets: Keys,
    offered: Mapping[str, Any],
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    context = {
        **offered,
        "values": _filled(values),
        "errors": errors or {},
        "words": consent_words(town.name),
        "form_token": issue_form_token(secrets, _JOIN),
        "honeypot_field": HONEYPOT,
    }
    return page(request, "public/receive.html", context, status=422 if errors else 200)


def _paper_page(
    request: Request,
    post: TownsPost,
    offered: Mapping[str, Any],
    values: Mapping[str, Any],
    street_names: list[str],
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    here = {"postcode": post.municipality.postcode, "post_town": post.municipality.post_town}
    context = {
        **offered,
        "values": _filled({**here, "channel": Channel.HAND, **values}),
        "errors": errors or {},
        "words": consent_words(post.municipality.name),
        "calls": CALLS,
        "form_token": issue_form_token(post.secrets, _PAPER),
        "honeypot_field": HONEYPOT,
        "streets": street_names,
        "channels": [(channel.value, str(CHANNELS[channel])) for channel in PAPER],
    }
    return page(request, "public/paper.html", context, status=422 if errors else 200)


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Every field has a value, so that the template needs no question."""
    names = (*PaperWish.model_fields, *EmailWish.model_fields)
    texts = {name: values.get(name, "") for name in names}
    lists = {name: as_list(values.get(name)) for name in ("topic_ids", "place_ids")}
    defaults = {"edition": values.get("edition", "standard"), "language": values.get("language", current_language())}
    return texts | lists | defaults
