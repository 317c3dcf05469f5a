"""A rendered mail of a town, composed once for everybody who receives it: sender, answers, list, ways to leave."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core import clock
from server.mailings.compose import InlineImage, Marks, compose_message
from server.mailings.letterhead import RenderedMail
from server.mailings.schemas import MessageVariant
from server.municipalities.addresses import public_url
from server.municipalities.models import Municipality


@dataclass(frozen=True)
class Links:
    """Where a reader leaves and chooses: a person's own links, or stand-ins for them; none for who is on no list."""

    leave: str = ""
    preferences: str = ""


def links_of(municipality: Municipality, instance_url: str, marks: Marks) -> Links:
    """The links with the holes in which each reader's own tokens will stand."""
    base = public_url(municipality, instance_url)
    return Links(leave=f"{base}/leave/{marks.leave}", preferences=f"{base}/preferences/{marks.preferences}")


def compose_town_mail(
    municipality: Municipality,
    mail: RenderedMail,
    *,
    marks: Marks,
    links: Links,
    language: str,
    edition: str,
    list_name: str,
    images: Sequence[InlineImage] = (),
    references: Sequence[str] = (),
) -> MessageVariant:
    """One language and edition of a mailing. `list_name` begins its List-Id: "letter", "urgent"."""
    composed = compose_message(
        marks=marks,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        images=images,
        from_name=municipality.sender_name or municipality.name,
        from_address=municipality.sender_address,
        reply_to=municipality.reply_address,
        date=clock.now(),
        language=language,
        list_id=f"{list_name}.{municipality.slug}.{municipality.sender_address.rpartition('@')[2]}",
        list_name=municipality.name,
        leave_url=links.leave,
        references=references,
    )
    return MessageVariant(language, edition, composed, municipality.sender_address)
