"""Every mail on the town's paper: who writes, why, how to answer, how to leave, in HTML and in plain text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.content.typography import typeset
from server.core.colour import readable_on
from server.core.i18n import Message, sentence, speaking, translate
from server.core.templating import environment
from server.municipalities.models import Municipality

PAPER = "#ffffff"


@dataclass(frozen=True)
class RenderedMail:
    """The two halves of a mail, written from the same source."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Footing:
    """What stands at the foot: why this came, and the links. A message that nobody subscribed to has no links."""

    why: Message
    leave_url: str = ""
    preferences_url: str = ""
    offers_paper: bool = False


def render_mail(
    municipality: Municipality,
    template: str,
    *,
    subject: Message | str,
    language: str,
    footing: Footing,
    context: Mapping[str, Any],
) -> RenderedMail:
    """`templates/email/<template>.html` and `.txt` on the municipality's paper, in `language`."""
    with speaking(language):
        words = str(subject)
        common = {
            "town": {"name": municipality.name, "civic": readable_on(municipality.civic_colour, PAPER)},
            "language": language,
            "subject": words,
            "footer": _footer(municipality, footing),
        }
        html, text = (
            environment().get_template(f"email/{template}.{kind}").render({**common, **context})
            for kind in ("html", "txt")
        )
    return RenderedMail(words, html, text)


def _footer(municipality: Municipality, footing: Footing) -> dict[str, str]:
    paper = sentence("To receive this on paper, in your letterbox or at the counter, telephone or come by.")
    responsible = sentence("Responsible for this publication: {who}.", who=municipality.publication_director)
    return {
        "why": translate(footing.why),
        "leave_url": footing.leave_url,
        "preferences_url": footing.preferences_url,
        "phone": municipality.phone,
        "hours": typeset(municipality.opening_hours, municipality.languages[0]),
        "paper": translate(paper) if footing.offers_paper else "",
        "responsible": translate(responsible) if municipality.publication_director else municipality.name,
        "dpo_contact": municipality.dpo_contact,
    }
