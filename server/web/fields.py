"""Types for what is typed into forms: words without hidden characters, addresses of mailboxes and of sites, colours."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator

from server.content.cleaning import clean, clean_line
from server.core.i18n import sentence
from server.web.forms import Unusable

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_PHONE = re.compile(r"[+0-9][0-9 .()/\u00a0\u202f-]{1,38}")


def _line(value: object) -> object:
    return clean_line(value).strip() if isinstance(value, str) else value


def _lines(value: object) -> object:
    if not isinstance(value, str):
        return value
    return "\n".join(line.strip() for line in clean(value).splitlines()).strip()


def mailbox(typed: str) -> str:
    """The address as mail programs write it. Raises Unusable."""
    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Unusable(sentence("Write an email address like name@example.fr.")) from error
    return found.ascii_email or found.normalized


def _site(typed: str) -> str:
    if not typed:
        return ""
    address = typed if "://" in typed else f"https://{typed}"
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        usable = False
    if not usable or any(character.isspace() or character in "<>\"'\\" for character in address):
        raise Unusable(sentence("Write the address of a site like https://www.example.fr."))
    return address


def _colour(typed: str) -> str:
    if not _COLOUR.fullmatch(typed.lower()):
        raise Unusable(sentence("Write a colour as # and six letters or figures, for example #0b5a4a."))
    return typed.lower()


def _phone(typed: str) -> str:
    if typed and not _PHONE.fullmatch(typed):
        raise Unusable(sentence("Write a telephone number like 02 54 00 00 00."))
    return typed


def host_name(typed: str) -> str:
    """A name of the web in its plain form, without https:// or path. Raises Unusable."""
    name = typed.lower().removeprefix("https://").removeprefix("http://").rstrip("/.")
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not _HOST.fullmatch(name):
        raise Unusable(sentence("Write a name of the web like info.example.fr."))
    return name


Line = Annotated[str, BeforeValidator(_line)]
"""Words on one line: line ends, controls and direction overrides never reach a header, a page or a sheet."""
Lines = Annotated[str, BeforeValidator(_lines)]
Mailbox = Annotated[Line, AfterValidator(mailbox)]
OptionalMailbox = Annotated[Line, AfterValidator(lambda typed: mailbox(typed) if typed else "")]
Site = Annotated[Line, AfterValidator(_site)]
Colour = Annotated[Line, AfterValidator(_colour)]
Phone = Annotated[Line, AfterValidator(_phone)]
