"""What several pages of residents need: whose link this is, what forms offer, whether a person sent one."""

from typing import Any

from server.core.database import ReadSession
from server.core.errors import Invalid, NotFound
from server.core.i18n import sentence
from server.core.secrets import BadToken, Secrets
from server.municipalities.models import PlaceKind
from server.municipalities.queries import list_places
from server.residents import queries
from server.residents.words import EDITIONS
from server.web.form_token import Freshness, judge_form_token
from server.web.forms import Form
from server.web.tenancy import Town

_MOST_STREETS = 300
HONEYPOT = "website"
"""A field nobody sees: a machine that fills everything in gives itself away."""
LANGUAGES = {"fr": "Français", "en": "English"}


def subject_of(secrets: Secrets, purpose: str, town: Town, token: str) -> int:
    """Whose link this is. Raises NotFound for a link that is not ours, or for something else."""
    try:
        return secrets.subject_of(purpose, town.id, token)
    except BadToken as error:
        raise NotFound(
            sentence("This link is not complete. Copy the whole of it from the message."), "bad_token"
        ) from error


def check_human(secrets: Secrets, purpose: str, form: Form) -> None:
    """Raise Invalid if the form comes back too fast or too late for a person: they press the button once more."""
    match judge_form_token(secrets, purpose, form.text("form_token")):
        case Freshness.TOO_SOON:
            raise Invalid({"": sentence("That was very quick. Look at your answers, then press the button once more.")})
        case Freshness.TOO_OLD:
            raise Invalid({"": sentence("This page was open for a long time. Press the button once more.")})


async def choices(session: ReadSession, town: Town) -> dict[str, Any]:
    """What a form offers: topics, editions, languages, sectors."""
    topics = await queries.list_topics(session, town.id)
    sectors = await list_places(session, town.id, PlaceKind.SECTOR)
    return {
        "topics": topics,
        "topic_options": [(topic.id, topic.name, topic.description) for topic in topics],
        "editions": [(edition.value, str(words)) for edition, words in EDITIONS.items()],
        "language_options": [(code, LANGUAGES[code]) for code in town.languages if code in LANGUAGES],
        "sectors": [(sector.id, sector.name) for sector in sectors],
    }


async def streets(session: ReadSession, town: Town) -> list[str]:
    """The town's streets, for a field that completes what is typed; none where they would outweigh the page."""
    names = [place.name for place in await list_places(session, town.id, PlaceKind.STREET)]
    return names if len(names) <= _MOST_STREETS else []


def as_list(value: Any) -> list[Any]:
    """A field of a form that may have been sent once, several times, or not at all."""
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list) else [value]
