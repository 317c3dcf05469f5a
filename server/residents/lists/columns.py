"""What a column of somebody else's list means to us, found by its name; and which values say that somebody left."""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from server.core.search import searchable


class Standing(StrEnum):
    """What the other program says of somebody."""

    JOINED = "joined"
    LEFT = "left"
    """They unsubscribed, or never confirmed."""
    DEAD = "dead"
    """Their mailbox refused the mail."""


# What a column may be called, folded, in the lists town halls have. The first column that fits is taken.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": (
        *("name", "full name", "nom complet", "nom et prenom", "nom prenom", "nom prenoms", "destinataire", "gecos"),
        *("display name", "nom affiche", "foyer", "occupant"),
    ),
    "last_name": ("last name", "lastname", "last_name", "surname", "family name", "nom", "nom de famille", "nume"),
    "first_name": ("first name", "firstname", "first_name", "given name", "prenom", "prenoms"),
    "email": (
        *("email", "e-mail", "mail", "email address", "adresse email", "adresse e-mail", "adresse mail"),
        *("courriel", "adresse electronique", "adresse de courriel", "mel", "adresse courriel", "e-mail 1 - value"),
        *("email_address", "user email", "subscriber", "abonne"),
    ),
    "phone": (
        *("phone", "phone number", "telephone", "tel", "tel.", "portable", "mobile", "phone 1 - value"),
        *("sms", "landline_number", "telephone fixe"),
    ),
    "channel": ("channel", "canal", "mode", "envoi", "mode d'envoi"),
    "topics": ("topics", "topic", "rubriques", "rubrique", "listes", "liste"),
    "place": ("place", "sector", "secteur", "quartier", "lieu"),
    "address_inside": ("address_inside", "inside", "appartement", "etage", "complement d'identification"),
    "address_outside": (
        *("address_outside", "outside", "batiment", "residence", "entree", "complement", "complement d'adresse"),
        *("adresse 2", "address 2"),
    ),
    "address_street": (
        *("address_street", "address", "street", "adresse", "rue", "voie", "adresse postale", "adresse 1", "query"),
        *("street address", "address 1 - street", "full address", "numero et voie"),
    ),
    "address_locality": ("address_locality", "locality", "lieu-dit", "lieu dit", "hameau", "bp"),
    "postcode": (
        *("postcode", "postal code", "zip", "zip code", "code postal", "cp", "code_postal"),
        *("expected_postcode", "address 1 - postal code"),
    ),
    "post_town": (
        *("post_town", "post town", "town", "city", "ville", "commune", "commune de distribution", "localite"),
        *("expected_city", "address 1 - city"),
    ),
    "edition": ("edition", "version", "presentation"),
    "language": ("language", "languages", "langue", "lang"),
}
FIELDS = tuple(_NAMES)
_COLUMNS = {name: field for field, names in _NAMES.items() for name in names}

_YES = frozenset({"yes", "oui", "true", "vrai", "1", "x", "y", "o"})
_NO = frozenset({"no", "non", "false", "faux", "0", "n"})
_GONE = frozenset(
    {
        *("unsubscribed", "cancelled", "canceled", "removed", "blocklisted", "blacklisted", "disabled", "inactive"),
        *("desabonne", "desinscrit", "unconfirmed", "opted out", "optout", "nonmember", "non-member", "archived"),
        *("complained", "complaint", "spam", "pending"),
    }
)
_DEAD = frozenset({"bounced", "cleaned", "hard bounce", "hardbounce", "undeliverable", "invalid", "erreur"})
Rule = Callable[[str], Standing | None]


def _says(words: frozenset[str], standing: Standing) -> Rule:
    return lambda value: standing if searchable(value) in words else None


def _status(value: str) -> Standing | None:
    word = searchable(value)
    return Standing.DEAD if word in _DEAD else Standing.LEFT if word in _GONE else None


def _anything(value: str) -> Standing | None:
    return Standing.LEFT if value.strip() else None


_left_if_yes, _left_if_no = _says(_YES, Standing.LEFT), _says(_NO, Standing.LEFT)
RULES: Mapping[str, Rule] = {
    **dict.fromkeys(("status", "statut", "etat", "email status", "member status", "subscription_status"), _status),
    **dict.fromkeys(
        ("unsub_time", "unsub_campaign_id", "deleted_at", "unsubscribed_at", "date de desabonnement"), _anything
    ),
    **dict.fromkeys(
        ("email_blacklisted", "blacklisted", "email_disabled", "disabled", "unsubscribed", "desabonne"), _left_if_yes
    ),
    **dict.fromkeys(
        ("subscribed_to_emails", "confirmed", "subscribed", "opt_in", "abonne ?", "consentement"), _left_if_no
    ),
    "clean_time": lambda value: Standing.DEAD if value.strip() else None,
}
_ADDRESS = re.compile(r"[^\s<>;,\"@]{1,64}@[^\s<>;,\"@]{1,200}\.[^\s<>;,\"@.]{2,30}")


def guess_fields(header: Sequence[str]) -> list[str]:
    """Our field under each column, "" where there is none; "standing" for a column that says who left."""
    found: list[str] = []
    for cell in header:
        name = folded(cell)
        field = "standing" if name in RULES else _COLUMNS.get(name, "")
        found.append("" if field in found and field != "standing" else field)
    if "last_name" in found and not {"first_name", "name"}.intersection(found):
        # « Nom » alone holds the whole name.
        found[found.index("last_name")] = "name"
    return found


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first row names columns: an address in it would be somebody's."""
    return not any("@" in cell and _ADDRESS.search(cell) for cell in cells)


def standing_of(header: Sequence[str], cells: Sequence[str]) -> Standing:
    """What the columns of this row say; the worst counts."""
    rules = _rules_of(tuple(header))
    if not rules:
        return Standing.JOINED
    said = {rule(cells[place]) for place, rule in rules if place < len(cells)}
    return next((one for one in (Standing.DEAD, Standing.LEFT) if one in said), Standing.JOINED)


@lru_cache(maxsize=20)
def _rules_of(header: tuple[str, ...]) -> tuple[tuple[int, Rule], ...]:
    """The columns that say it."""
    return tuple((place, RULES[name]) for place, name in enumerate(map(folded, header)) if name in RULES)


def standing_of_file(name: str) -> Standing:
    """Mailchimp parts its people into files: subscribed_, unsubscribed_, cleaned_, nonsubscribed_."""
    word = searchable(name.replace("\\", "/").rpartition("/")[2])
    if word.startswith("cleaned"):
        return Standing.DEAD
    return Standing.LEFT if word.startswith(("unsubscribed", "nonsubscribed", "non-subscribed")) else Standing.JOINED


def bare_person(cells: Sequence[str]) -> tuple[str, str]:
    """Address and name of a row without columns: « jeanne@x.fr », "Jeanne <jeanne@x.fr>", « jeanne@x.fr Jeanne »."""
    whole = " ".join(cell.strip() for cell in cells if cell.strip())
    found = _ADDRESS.search(whole) if "@" in whole else None
    if found is None:
        return whole, ""
    rest = (whole[: found.start()] + " " + whole[found.end() :]).strip(' <>,;"\t')
    return found[0], " ".join(rest.replace('"', " ").split())


@lru_cache(maxsize=500)
def folded(cell: str) -> str:
    """A column's name as it is compared."""
    return searchable(cell.strip().strip('"'))
