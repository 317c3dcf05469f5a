"""The rules of typography by language, in the order they apply. A rule changes text, and never twice."""

import re
from collections.abc import Callable
from typing import Final

NBSP: Final = "\u00a0"  # before a colon, inside guillemets, between a number and its unit
THIN: Final = "\u202f"  # before ; ? ! and between groups of three digits

Found = re.Match[str]
TypographicRule = tuple[re.Pattern[str], str | Callable[[Found], str]]

_SPACE = f"[ {NBSP}{THIN}]"
_MONTHS = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|January|February|March|April|May|June|July|August|September|October|November|December"
)
_UNITS = (
    "km/h|km²|km|hm|m²|m³|mm|cm|dm|ml|cl|dl|hl|mg|kg|ha|kWh|MWh|kW|MW|Mo|Go|Ko|ko|kB|MB|GB|dB|min|mn|ans|an|mois"
    "|jours?|heures?|euros?|habitants|personnes|years?|days?|hours?|am|pm|°C|°|m|g|t|h|l|L|s|W|V|€|%|£"
)


def _rule(pattern: str, replacement: str | Callable[[Found], str]) -> TypographicRule:
    return re.compile(pattern), replacement


def _held_together(space: str) -> Callable[[Found], str]:
    """Every space inside what was found becomes `space`."""
    return lambda found: re.sub(_SPACE, space, found.group())


_ELLIPSIS = _rule(r"(?<!\.)\.\.\.(?!\.)", "…")
# A digit before it makes the sign feet or minutes.
_APOSTROPHE = _rule(r"(?<=[^\W\d])'(?=[\w«“\"]|$)", "’")

_NUMBERS = (
    _rule(rf"(?<![\d+])(?:\+\d{{2}}{_SPACE}?|0)\d(?:{_SPACE}\d{{2}}){{4}}(?!\d)", _held_together(NBSP)),
    _rule(rf"(?<!\d)(?<!\d{_SPACE})\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)(?!{_SPACE}\d)", _held_together(THIN)),
    _rule(rf"(?<=\d) (?=(?:{_UNITS})(?![\w’']))", NBSP),
    _rule(rf"(?<!\w)(\d{{1,2}}(?:er|ᵉʳ|st|nd|rd|th)?) (?=(?:{_MONTHS})(?!\w))", rf"\1{NBSP}"),
    _rule(r"(?<=\S) (?=[–—] )", NBSP),
)

_OPENS = rf"(?:^|(?<=[\s(\[{{«“–—’{NBSP}{THIN}-]))"

FRENCH: tuple[TypographicRule, ...] = (
    _ELLIPSIS,
    _APOSTROPHE,
    _rule(rf"{_OPENS}\"", f"«{NBSP}"),
    _rule(r"\"", f"{NBSP}»"),
    _rule(rf"«{_SPACE}*", f"«{NBSP}"),
    _rule(rf"(?<!{_SPACE}){_SPACE}*»", f"{NBSP}»"),
    # a sign of its own space: «\u00a0mot ?», « (oui !) », but not ";-)" nor "?x=1"
    _rule(rf"(?<=\S){_SPACE}+(?=[;!?]+(?:[\s)»\]…]|$))", THIN),
    _rule(r"(?<=[\w)»\]%€’])(?=[;!?]+(?:[\s)»\]…]|$))", THIN),
    _rule(rf"(?<=\S){_SPACE}+(?=:(?:\s|$))", NBSP),
    _rule(r"(?<=[\w)»\]%€])(?=:(?:\s|$))", NBSP),
    _rule(rf"(?<!\w)([nN]°){_SPACE}*(?=\d)", rf"\1{NBSP}"),
    _rule(r"(?<!\w)([nN]°) (?=$)", rf"\1{NBSP}"),
    _rule(r"(?<![\w,.])(\d{1,2})h(?=\d{2}(?!\w))", rf"\1{NBSP}h{NBSP}"),
    _rule(r"(?<![\w,.])(\d{1,2})h(?!\w)", rf"\1{NBSP}h"),
    *_NUMBERS,
    _rule(rf"(?<=\d{NBSP}h) (?=\d{{2}}(?!\d))", NBSP),
    _rule(r"(?<=\d)(?=[%€](?!\w))", NBSP),
    _rule(r"(?<!\w)(MM?\.|Mmes?|Mlles?|Drs?|Prs?|Mes?) (?=[A-ZÀ-Ý])", rf"\1{NBSP}"),
    _rule(r"(?<!\w)(art\.|p\.|no) (?=\d)", rf"\1{NBSP}"),
)

ENGLISH: tuple[TypographicRule, ...] = (
    _ELLIPSIS,
    _APOSTROPHE,
    _rule(rf"{_OPENS}\"", "“"),
    _rule(r"\"", "”"),
    _rule(rf"{_OPENS}'(?=\w)", "‘"),
    _rule(r"(?<=[^\W\d]|[.,!?…])'", "’"),
    *_NUMBERS,
    _rule(r"(?<!\w)(Mr|Mrs|Ms|Dr|No\.|p\.) (?=[A-Z\d])", rf"\1{NBSP}"),
)

RULES = {"fr": FRENCH, "en": ENGLISH}
