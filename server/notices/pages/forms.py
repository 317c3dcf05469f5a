"""The notice's form: its choices, its values as typed, its page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from server.core.database import ReadSession
from server.core.secrets import new_token
from server.municipalities.models import PlaceKind
from server.municipalities.queries import get_municipality, list_places
from server.notices.everywhere import Everywhere
from server.notices.models import Notice, NoticeState
from server.notices.schemas import NoticeContent, NoticeDraft
from server.notices.words import KINDS
from server.residents.queries import list_topics
from server.web.forms import Form
from server.web.templates import page
from server.web.tenancy import Town

_LISTS = ("topic_ids", "place_ids")
_LANGUAGES = {"fr": "Français", "en": "English"}


@dataclass(frozen=True)
class Choices:
    """What the form offers: pairs of value and label."""

    topics: list[tuple[int, str]]
    sectors: list[tuple[int, str]]
    streets: list[tuple[int, str]]
    languages: list[tuple[str, str]]
    kinds: list[tuple[str, str]] = field(default_factory=lambda: [(one.value, str(KINDS[one])) for one in KINDS])

    @property
    def names(self) -> dict[str, dict[int, str]]:
        """Names of topics and places by number, as a comparison needs them."""
        return {"topic_ids": dict(self.topics), "place_ids": dict(self.sectors + self.streets)}


async def choices_of(session: ReadSession, town: Town) -> Choices:
    places = await list_places(session, town.id)
    return Choices(
        topics=[(topic.id, topic.name) for topic in await list_topics(session, town.id)],
        sectors=[(place.id, place.name) for place in places if place.kind is PlaceKind.SECTOR],
        streets=[(place.id, place.name) for place in places if place.kind is PlaceKind.STREET],
        languages=[(language, _LANGUAGES.get(language, language)) for language in town.languages],
    )


async def first_values(session: ReadSession, town: Town) -> dict[str, Any]:
    """A new notice: the town's telephone, and the mayor should it become an act; and what this form is known by."""
    municipality = await get_municipality(session, town.id)
    empty = NoticeContent(
        language=town.language,
        contact_phone=municipality.phone,
        author_name=municipality.mayor_name,
        author_title=municipality.mayor_title,
    )
    return values_of(empty) | {"key": new_token()}


def values_of(content: NoticeContent) -> dict[str, Any]:
    """The form's values for what a notice says."""
    values = NoticeDraft.of(content).model_dump()
    for name in ("starts_at", "ends_at"):
        values[name] = values[name].strftime("%H:%M") if values[name] else ""
    return values


def typed_values(form: Form) -> dict[str, Any]:
    """What was typed, every field of the form present."""
    values: dict[str, Any] = {name: form.text(name) for name in NoticeDraft.model_fields}
    return values | {name: form.texts(name) for name in _LISTS} | {"key": form.text("key")}


def sent_revision(form: Form) -> int:
    """The revision the form was made of; one that never was, if it does not say."""
    typed = form.text("revision")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def form_page(
    request: Request,
    choices: Choices,
    values: Mapping[str, Any],
    *,
    errors: Mapping[str, str] | None = None,
    notice: Notice | None = None,
    revision: int = 0,
    everywhere: Everywhere | None = None,
    more: Mapping[str, Any] | None = None,
    status: int = 422,
) -> HTMLResponse:
    """The page of writing: the form on the left, the renderings on the right once the notice has been saved.

    `status` is the answer's when there are errors.
    """
    context = {
        "choices": choices,
        "values": values,
        "errors": errors or {},
        "notice": notice,
        "revision": revision or (notice.revision if notice else 0),
        "everywhere": everywhere,
        "is_reopened_by_saving": notice is not None and notice.state is not NoticeState.DRAFT,
        "asides": [],
        "saved_words": "",
        "can_publish": False,
    }
    return page(request, "notices/edit.html", context | dict(more or {}), status=status if errors else 200)
