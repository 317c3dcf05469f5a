"""What an answer in a notice's form must be to be of use: each refusal is a sentence that says what to do."""

from datetime import date

from email_validator import EmailNotValidError, validate_email

from server.core.i18n import LANGUAGES, sentence
from server.web.forms import Unusable

_YEARS = range(2000, 2101)


def known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise Unusable(sentence("Choose one of the answers of the list."))
    return language


def number_to_dial(phone: str) -> str:
    """Short numbers exist (18, 3631); a number without digits does not."""
    if phone and sum(character.isdigit() for character in phone) < 2:
        raise Unusable(sentence("Write a telephone number, for example 02 54 00 00 00."))
    return phone


def email_to_write_to(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False).normalized if email else email
    except EmailNotValidError:
        raise Unusable(sentence("Write an email address, for example mairie@example.fr.")) from None


def year_we_live_in(day: date | None) -> date | None:
    """A mistyped year is noticed here, not in ten centuries."""
    if day is not None and day.year not in _YEARS:
        raise Unusable(sentence("Write a date that exists, for example 24/11/2026."))
    return day
