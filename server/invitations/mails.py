"""The mails that carry a one-time link to somebody of the staff."""

from dataclasses import dataclass, replace
from enum import StrEnum

from server.accounts.models import Account
from server.accounts.service import LINK_LASTS
from server.core import clock
from server.core.i18n import Message, sentence, speaking, translate
from server.mailings.compose import compose_message, new_marks
from server.mailings.letterhead import Footing, render_mail
from server.mailings.schemas import MessageVariant
from server.municipalities.models import Municipality


class Occasion(StrEnum):
    """Why somebody of the staff is written to; each has its template."""

    WELCOME = "welcome"
    RESET = "reset"
    ADDED = "added"


@dataclass(frozen=True)
class StaffMail:
    """One mail to one person, and its subject in their language."""

    subject: str
    message: MessageVariant


_SUBJECTS = {
    Occasion.WELCOME: sentence("Your account at {town}"),
    Occasion.RESET: sentence("A new password for your account at {town}"),
    Occasion.ADDED: sentence("You now work at {town} too"),
}
_WHYS = {
    Occasion.WELCOME: sentence("You receive this because an administrator of the municipality gave you an account."),
    Occasion.RESET: sentence("You receive this because a new password was asked for your account."),
    Occasion.ADDED: sentence("You receive this because an administrator of the municipality gave you roles there."),
}


def write_mail(municipality: Municipality, account: Account, occasion: Occasion, url: str) -> StaffMail:
    """The mail of `occasion`, in the person's language. `url` is where its button leads."""
    subject = _subject(municipality, occasion)
    hours = {kind.value: int(lasts.total_seconds() // 3600) for kind, lasts in LINK_LASTS.items()}
    rendered = render_mail(
        municipality,
        f"invitation/{occasion}",
        subject=subject,
        language=account.language,
        footing=Footing(why=_WHYS[occasion]),
        context={"account": account, "url": url, "days": hours["welcome"] // 24},
    )
    with speaking(account.language):
        composed = compose_message(
            marks=new_marks(),
            subject=translate(subject),
            text=rendered.text,
            html=rendered.html,
            from_name=municipality.sender_name or municipality.name,
            from_address=municipality.sender_address,
            date=clock.now(),
            language=account.language,
            reply_to=municipality.reply_address,
            auto_submitted="auto-generated",
        )
    variant = MessageVariant(account.language, "standard", composed, municipality.sender_address)
    return StaffMail(rendered.subject, variant)


def _subject(municipality: Municipality, occasion: Occasion) -> Message:
    return replace(_SUBJECTS[occasion], params={"town": municipality.name})
