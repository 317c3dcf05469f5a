"""The form to receive the letter on paper: numbered, with what it is for, and a coupon to tear off and give back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from server.core.i18n import LANGUAGES, Message, sentence, translate
from server.press import process
from server.press.sheet import Sheet
from server.press.style import USUAL, Style

FormFormat = Literal["a4", "a5"]
_LOGO = "logo"
_WORDS = {
    "title": sentence("Receive the letter of your town"),
    "lead": sentence(
        "The town hall writes to you: works, school, festivities, decisions of the council. By email, by post, in your "
        "letterbox or at the counter: it is free, and you may stop at any time."
    ),
    "number": sentence("Form no."),
    "cut": sentence("Cut here and give it back"),
    "coupon": sentence("I wish to receive the letter"),
    "first": sentence("First name"),
    "last": sentence("Surname"),
    "address": sentence("Number and street"),
    "place": sentence("Postcode and town"),
    "email": sentence("Email"),
    "phone": sentence("Telephone"),
    "how": sentence("How?"),
    "which": sentence("Which topics?"),
    "edition": sentence("Edition"),
    "date": sentence("Date"),
    "signature": sentence("Signature"),
}
_CHANNELS = (
    sentence("by email"),
    sentence("by post"),
    sentence("in my letterbox"),
    sentence("at the town hall"),
)
_EDITIONS = (sentence("ordinary"), sentence("in large print"), sentence("in easy words"))
_BACK = sentence("Bring it or send it to: {address}.")


@dataclass(frozen=True, slots=True)
class PaperForm:
    """`consent` is the sentence that is signed, `legal` what is done with the data: the texts in force when it is printed;
    `calls` is what may be ticked under the telephone.
    """

    issuer_name: str
    address: str
    phone: str
    hours: str
    topics: tuple[str, ...]
    consent: str
    legal: str
    calls: str
    logo: bytes | None = None
    language: str = "fr"
    format: FormFormat = "a4"
    style: Style = USUAL


async def print_forms(form: PaperForm, numbers: Sequence[str]) -> bytes:
    """One form for each number, as PDF/UA. Raises PressError."""
    return (await process.compile_sheet(_sheet(form, numbers))).pdf


async def preview_form(form: PaperForm, number: str, ppi: float = 72.0) -> list[bytes]:
    """A form as PNG. Raises PressError."""
    return list((await process.compile_sheet(replace(_sheet(form, [number]), output="png", ppi=ppi))).files)


def _sheet(form: PaperForm, numbers: Sequence[str]) -> Sheet:
    language = form.language if form.language in LANGUAGES else LANGUAGES[0]

    def say(words: Message) -> str:
        return translate(words, language)

    address = ", ".join(line.strip() for line in form.address.splitlines() if line.strip())
    back = say(sentence(_BACK.msgid, address=address))
    data: dict[str, Any] = {
        "format": form.format,
        "language": language,
        "logo": _LOGO if form.logo else None,
        "issuer": {"name": form.issuer_name, "phone": form.phone, "hours": form.hours},
        "numbers": list(numbers),
        "channels": [say(one) for one in _CHANNELS],
        "topics": form.topics,
        "editions": [say(one) for one in _EDITIONS],
        "words": {name: say(words) for name, words in _WORDS.items()}
        | {"consent": form.consent, "legal": form.legal, "calls": form.calls, "back": back},
    }
    return Sheet("form", data, {_LOGO: form.logo} if form.logo else {}, style=form.style)
