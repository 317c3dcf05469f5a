"""Addresses of mailboxes: what a form takes, what stands for one person where we count, what a page may show of one."""

import re
from functools import lru_cache

from email_validator import (
    SPECIAL_USE_DOMAIN_NAMES,
    EmailNotValidError,
    validate_email,
)

from server.core.i18n import Message, sentence
from server.web.forms import Unusable

_LONGEST_TYPED = 400
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_PLAIN = re.compile(r"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@([A-Za-z0-9.-]+)")
_NAMED = re.compile(r"<[^<>]*@[^<>]*>")
_ADVICE = sentence("Write the address like name@example.fr.")


def judged_email(typed: str) -> str:
    """The address as mail programs write it. Raises Unusable with a sentence that says what to correct.

    Letters with accents before the @ are taken (RFC 6531). Quotes, comments and bare numbers of machines are not: no
    provider gives such a mailbox, so they are slips of the hand.
    """
    if len(typed) > _LONGEST_TYPED:
        raise Unusable(_TOO_LONG)
    plain = _PLAIN.fullmatch(typed)
    if plain is not None and len(plain[1]) <= 64 and (domain := _judged_domain(plain[2])):
        return f"{plain[1]}@{domain}"
    try:
        found = validate_email(typed, check_deliverability=False)
    except (EmailNotValidError, UnicodeError) as error:
        raise Unusable(_why_not(typed)) from error
    return found.ascii_email or found.normalized


@lru_cache(maxsize=2_000)
def _judged_domain(domain: str) -> str:
    """The domain as mail programs write it, "" for one that needs a closer look: lists have few of them, many times."""
    try:
        found = validate_email(f"name@{domain}", check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        return ""
    return found.ascii_domain if len(found.ascii_domain) <= 180 else ""


def email_key(address: str) -> str:
    """What makes two addresses the same mailbox on the list."""
    return address.strip().lower()


def limit_key(address: str) -> str:
    """What stands for the person behind an address where mails are counted: tags and Gmail's dots are taken away.

    Never stored, never written to: for most providers `a.b` and `ab` are two people.
    """
    local, _, domain = email_key(address).rpartition("@")
    local = local.partition("+")[0]
    if domain in _GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def masked(address: str) -> str:
    """Enough for its owner to recognise it, too little for whoever the mail was forwarded to."""
    local, _, domain = address.rpartition("@")
    name, dot, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{name[:1]}•••{dot}{ending}"


_TOO_LONG = sentence("An email address has at most 254 characters: check this one. {advice}", advice=_ADVICE)
_NO_AT = sentence("An email address has one @ sign. {advice}", advice=_ADVICE)
_TWO_AT = sentence("There is more than one @ sign: write one address only. {advice}", advice=_ADVICE)
_SPACE = sentence("An email address has no space, not even before or after it: remove it. {advice}", advice=_ADVICE)
_NAME = sentence("Write the address alone, without a name and without < and >. {advice}", advice=_ADVICE)
_QUOTES = sentence("Write the address without quotation marks. {advice}", advice=_ADVICE)
_COMMENT = sentence("Write the address without brackets. {advice}", advice=_ADVICE)
_HIDDEN = sentence("There is a hidden character in this address: type it again by hand. {advice}", advice=_ADVICE)
_DOTS = sentence("A dot stands at the beginning, at the end, or beside another dot. {advice}", advice=_ADVICE)
_NO_NAME = sentence("Nothing stands before the @ sign. {advice}", advice=_ADVICE)
_NO_DOMAIN = sentence("The name of the provider after the @ sign is incomplete. {advice}", advice=_ADVICE)
_NOT_REAL = sentence("Addresses that end in “.{ending}” do not exist on the Internet. {advice}", advice=_ADVICE)
_PROVIDER = sentence(
    "The name after the @ sign cannot be one of a provider: check its spelling. {advice}", advice=_ADVICE
)
_LETTERS = sentence("This address has a character that no mailbox has: check its spelling. {advice}", advice=_ADVICE)


def _why_not(typed: str) -> Message:
    """The likeliest slip, in the order in which a reader of the address would see it."""
    local, at, domain = typed.rpartition("@")
    ending = domain.rpartition(".")[2].lower()
    signs = (
        (any(not letter.isprintable() for letter in typed), _HIDDEN),
        (_NAMED.search(typed) is not None, _NAME),
        (any(letter.isspace() for letter in typed) and '"' not in typed, _SPACE),
        ('"' in typed, _QUOTES),
        ("(" in typed or ")" in typed or domain.startswith("["), _COMMENT),
        (not at, _NO_AT),
        ("@" in local, _TWO_AT),
        (not local, _NO_NAME),
        (_has_stray_dot(local) or _has_stray_dot(domain), _DOTS),
        (ending in SPECIAL_USE_DOMAIN_NAMES, sentence(_NOT_REAL.msgid, advice=_ADVICE, ending=ending)),
        ("." not in domain, _NO_DOMAIN),
        (len(typed) > 254, _TOO_LONG),
        (_is_usable(f"name@{domain}"), _LETTERS),
    )
    return next((words for is_so, words in signs if is_so), _PROVIDER)


def _has_stray_dot(part: str) -> bool:
    return part.startswith(".") or part.endswith(".") or ".." in part


def _is_usable(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        return False
    return True
