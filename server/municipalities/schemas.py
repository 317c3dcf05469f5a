"""What forms, commands and programs may say of a municipality, section by section."""

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from server.content.cleaning import clean_line
from server.core.i18n import sentence
from server.municipalities.models import PlaceKind
from server.press.style import MARGINS
from server.web.fields import Colour, Line, Lines, Mailbox, OptionalMailbox, Phone, Site, host_name
from server.web.forms import Unusable
from server.web.tenancy import INSTANCE_SEGMENTS

Language = Literal["fr", "en"]
Face = Literal["source_sans", "source_serif", "libertinus"]

RESERVED_SLUGS = INSTANCE_SEGMENTS | {"desk", "api"}
"""First segments of addresses that mean something else than a town."""

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
_POSTCODE = re.compile(r"\d{5}")
MANY_STREETS = 1000


def usable_slug(typed: str) -> str:
    if not _SLUG.fullmatch(typed):
        raise Unusable(sentence("Use small letters without accents, figures and hyphens, for example saint-aubin."))
    if typed in RESERVED_SLUGS:
        raise Unusable(sentence("This word already means something else in addresses. Choose another."))
    return typed


def slug_of(name: str) -> str:
    """A first word of addresses made of a name: Saint-Aubin-les-Prés is saint-aubin-les-pres."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe").replace("æ", "ae"))
    return re.sub(r"[^a-z0-9]+", "-", letters.encode("ascii", "ignore").decode())[:60].strip("-")


def _insee(typed: str) -> str:
    if typed and not _INSEE.fullmatch(typed.upper()):
        raise Unusable(sentence("An INSEE code has five characters, for example 41018 or 2A004."))
    return typed.upper()


def _postcode(typed: str) -> str:
    if typed and not _POSTCODE.fullmatch(typed):
        raise Unusable(sentence("A postcode has five figures."))
    return typed


def _without_spaces(typed: object) -> object:
    """1 240 as people write it; nothing at all is nobody."""
    return re.sub(r"\s", "", typed) or "0" if isinstance(typed, str) else typed


def _host(typed: object) -> object:
    words = clean_line(typed).strip() if isinstance(typed, str) else typed
    return host_name(words) if isinstance(words, str) and words else None


class Identity(BaseModel):
    """Who the municipality is and how one reaches it."""

    name: Line = Field(min_length=1, max_length=120)
    insee_code: Annotated[Line, AfterValidator(_insee)] = ""
    department: Line = Field("", max_length=80)
    population: Annotated[int, BeforeValidator(_without_spaces)] = Field(0, ge=0, le=50_000_000)
    address: Lines = Field("", max_length=400)
    postcode: Annotated[Line, AfterValidator(_postcode)] = ""
    post_town: Line = Field("", max_length=80)
    phone: Phone = ""
    email: OptionalMailbox = ""
    website: Site = Field("", max_length=300)
    opening_hours: Lines = Field("", max_length=1000)


class Look(BaseModel):
    civic_colour: Colour


class PaperLook(BaseModel):
    """The style sheet of printed products, beside the colour and the logo."""

    paper_titles: Face
    paper_reading: Face
    paper_margin_mm: int = Field(ge=MARGINS[0], le=MARGINS[-1])


class Languages(BaseModel):
    """The languages of the public pages, the first one by default."""

    languages: list[Language]
    first: Language

    @field_validator("languages")
    @classmethod
    def _some(cls, languages: list[Language]) -> list[Language]:
        if not languages:
            raise Unusable(sentence("Choose at least one language."))
        return languages

    @field_validator("first")
    @classmethod
    def _one_of_them(cls, first: Language, info: ValidationInfo) -> Language:
        if first not in info.data.get("languages", [first]):
            raise Unusable(sentence("The first language is one of those of the pages."))
        return first

    @property
    def ordered(self) -> list[str]:
        return [self.first, *(one for one in sorted(set(self.languages)) if one != self.first)]


class Sender(BaseModel):
    """From whom mails come, and where answers go."""

    sender_name: Line = Field(min_length=1, max_length=120)
    sender_address: Mailbox = Field(max_length=254)
    reply_address: OptionalMailbox = Field("", max_length=254)


class People(BaseModel):
    """Who answers for what is published."""

    mayor_name: Line = Field("", max_length=120)
    mayor_title: Line = Field("", max_length=80)
    publication_director: Line = Field("", max_length=120)
    dpo_contact: Line = Field("", max_length=300)


class OwnHost(BaseModel):
    host: Annotated[str | None, BeforeValidator(_host)] = None


class MunicipalityDraft(Identity):
    """A new municipality. Its slug is the first segment of its addresses, for ever."""

    slug: Annotated[str, AfterValidator(usable_slug)]
    languages: list[Language] = ["fr"]


class SectorDraft(BaseModel):
    name: Line = Field(min_length=1, max_length=120)
    position: int = Field(0, ge=0, le=9999)


class StreetDraft(SectorDraft):
    sector_id: Annotated[int | None, BeforeValidator(lambda typed: typed or None)] = None


class StreetsDraft(BaseModel):
    """Many streets at once, one per line."""

    names: Lines = Field(min_length=1, max_length=MANY_STREETS * 121)
    sector_id: Annotated[int | None, BeforeValidator(lambda typed: typed or None)] = None

    @field_validator("names")
    @classmethod
    def _each_fits(cls, names: str) -> str:
        lines = names.splitlines()
        if len(lines) > MANY_STREETS:
            raise Unusable(
                sentence("At most {limit} lines at once: paste the list in several parts.", limit=MANY_STREETS)
            )
        for number, line in enumerate(lines, 1):
            if len(line) > 120:
                raise Unusable(sentence("Line {number} has more than {limit} characters.", number=number, limit=120))
        return names


class PlaceView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: PlaceKind
    name: str
    sector_id: int | None
    position: int


class MunicipalityView(BaseModel):
    """A municipality as the API tells it: what its public pages say of it, too."""

    model_config = ConfigDict(from_attributes=True)

    slug: str
    name: str
    insee_code: str
    department: str
    population: int
    address: str
    postcode: str
    post_town: str
    phone: str
    email: str
    website: str
    opening_hours: str
    languages: list[str]
    civic_colour: str
    mayor_name: str
    mayor_title: str
    publication_director: str
    dpo_contact: str
    url: str = ""
    """Where its public pages are."""
