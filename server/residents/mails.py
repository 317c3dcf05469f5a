"""The few mails that go to one person: confirm, you are on the list already, confirm your new address, do you still want it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Unavailable
from server.core.i18n import Message, sentence
from server.core.secrets import Secrets
from server.mailings.compose import compose_message, new_marks
from server.mailings.letterhead import Footing, RenderedMail, render_mail
from server.mailings.schemas import MessageVariant
from server.mailings.service import send_message
from server.municipalities.addresses import public_url
from server.municipalities.models import Municipality
from server.residents.models import Edition, JoinRequest, Resident

JOIN = "join"
"""What a token to confirm is for. Those of `leave` and `preferences` are named by the mail ledger."""
NEVER = "never"


@dataclass(frozen=True)
class Post:
    """What a mail needs besides its words: who writes, keys for its links, where the links lead."""

    municipality: Municipality
    secrets: Secrets
    instance_url: str

    def link(self, purpose: str, subject_id: int, path: str = "") -> str:
        token = self.secrets.token_for(purpose, self.municipality.id, subject_id)
        return f"{public_url(self.municipality, self.instance_url)}/{path or purpose}/{token}"


def check_can_write(municipality: Municipality) -> None:
    """Raise Unavailable while the town has no address of its own to write from."""
    if not municipality.sender_address:
        raise Unavailable(sentence("The town hall cannot send email yet. Telephone, or come by."), "no_sender")


async def send_confirmation(session: WriteSession, post: Post, request: JoinRequest, language: str) -> None:
    """Asks the owner of the address for a yes. It says who asked and how to stop, and nothing else."""
    subject = sentence("Confirm that you want to hear from {town}", town=post.municipality.name)
    await _send(session, post, request, "join_confirmation", subject, language, {})


async def send_address_confirmation(session: WriteSession, post: Post, request: JoinRequest, language: str) -> None:
    """The same, for somebody on the list who gave a new address."""
    subject = sentence("Confirm your new address for {town}", town=post.municipality.name)
    await _send(session, post, request, "address_confirmation", subject, language, {})


async def send_reminder(
    session: WriteSession, post: Post, request: JoinRequest, resident: Resident, language: str
) -> None:
    """Instead of a confirmation, to who is on the list already: to the address they confirmed, not as it was typed now."""
    subject = sentence("You already hear from {town}", town=post.municipality.name)
    links = {
        "preferences_url": post.link("preferences", resident.id),
        "leave_url": post.link("leave", resident.id),
    }
    await _send(session, post, request, "already_known", subject, language, links, resident.email or request.email)


async def send_question(session: WriteSession, post: Post, request: JoinRequest, resident: Resident) -> None:
    """Asks somebody of whom nothing was heard for long whether they still want it."""
    subject = sentence("Do you still want to hear from {town}?", town=post.municipality.name)
    links = {"leave_url": post.link("leave", resident.id), "since": resident.last_contact_at}
    why = sentence("This single message was sent because you are on the list of {town}.", town=post.municipality.name)
    await _send(session, post, request, "still_wanted", subject, resident.language, links, why=why)


async def _send(
    session: WriteSession,
    post: Post,
    request: JoinRequest,
    template: str,
    subject: Message,
    language: str,
    links: Mapping[str, object],
    address: str = "",
    why: Message | None = None,
) -> None:
    municipality = post.municipality
    mail = _rendered(post, request, template, subject, language, links, why)
    composed = compose_message(
        marks=new_marks(),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        from_name=municipality.sender_name or municipality.name,
        from_address=municipality.sender_address,
        reply_to=municipality.reply_address,
        date=clock.now(),
        language=language,
        auto_submitted="auto-generated",
    )
    await send_message(
        session,
        municipality.id,
        post.secrets,
        subject=mail.subject,
        message=MessageVariant(language, Edition.STANDARD, composed, municipality.sender_address),
        address=address or request.email,
        idempotency_key=f"join-{request.id}",
        origin=f"join:{request.id}",
    )


def _rendered(
    post: Post,
    request: JoinRequest,
    template: str,
    subject: Message,
    language: str,
    links: Mapping[str, object],
    why: Message | None,
) -> RenderedMail:
    town = post.municipality
    context: dict[str, Any] = {
        "name": town.name,
        "asked_at": request.created_at,
        "confirm_url": post.link(JOIN, request.id),
        "never_url": post.link(NEVER, request.id),
        **links,
    }
    why = why or sentence("This single message was sent because somebody gave this address to {town}.", town=town.name)
    return render_mail(
        town, f"{template}/body", subject=subject, language=language, footing=Footing(why), context=context
    )
