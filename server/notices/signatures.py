"""A signature on paper, keyed in: it approves the text whose mark stands on the sheet that was signed, and no other."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from server.core import clock
from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.core.templating import format_day
from server.web.fields import Line
from server.web.forms import Unusable

_MARK = re.compile(r"[0-9a-f]{8,64}")
_SIGNED = sentence("Signed on paper on {day} by {who}")


def _mark(typed: str) -> str:
    mark = typed.replace(" ", "").lower()
    if not _MARK.fullmatch(mark):
        raise Unusable(sentence("Copy the mark of the text from the sheet: at least its first eight signs."))
    return mark


class PaperSignature(BaseModel):
    """What is read off the signed sheet. `mark`: at least the first eight signs of the text's hash."""

    signed_by: Line = Field(min_length=1, max_length=120)
    signed_on: date
    mark: Annotated[Line, AfterValidator(_mark)] = Field(max_length=80)


def check_signature(signature: PaperSignature, content_hash: str, saved_at: datetime) -> None:
    """Raises Invalid unless it was given for exactly this text, after it was saved."""
    fields: dict[str, Message] = {}
    saved_on = clock.day_of(saved_at)
    if not content_hash.startswith(signature.mark):
        fields["mark"] = sentence(
            "The sheet that was signed is of another text than the one here. Print the proof again and have it signed."
        )
    if signature.signed_on > clock.today():
        fields["signed_on"] = sentence("This day has not come yet.")
    elif signature.signed_on < saved_on:
        fields["signed_on"] = sentence(
            "This text was saved on {day}: it cannot have been signed before.", day=format_day(saved_on)
        )
    if fields:
        raise Invalid(fields)


def signed_words(signed_by: str, signed_on: date | None) -> Message | None:
    """What a history says of an approval on paper; nothing of one given here."""
    return sentence(_SIGNED.msgid, day=format_day(signed_on), who=signed_by) if signed_by else None
