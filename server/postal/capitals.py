"""Letters as the post's machines read them: capitals without accents, then without any punctuation."""

import re
import unicodedata

_SPELT_OUT = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"})
_BETWEEN_WORDS = re.compile(r"['’‘ʼ`´\-‐‑‒–—_]")  # before the signs are decomposed: ´ alone would become a space anyway
_ACRONYM = re.compile(r"(?<![A-Z])([A-Z])\.(?=[A-Z]\.|[A-Z]?(?![A-Z]))")
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[^\w]|_")


def capitals(text: str) -> str:
    """« L’Haÿ-les-Roses » is L HAY LES ROSES."""
    parted = _BETWEEN_WORDS.sub(" ", text.translate(_SPELT_OUT))
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(sign))
    return " ".join(plain.upper().split())


def bare(text: str) -> str:
    """Capitals, digits and single spaces, as lines 4 to 6 ask: « B.P. 12, Z.A. » is BP 12 ZA."""
    joined = _ACRONYM.sub(r"\1", capitals(text)).replace("&", " ET ")
    return " ".join(_NEITHER_LETTER_NOR_DIGIT.sub(" ", joined).split())


def is_readable(line: str) -> bool:
    """Whether each sign of a derived line is one that the machines know."""
    return line.isascii() and line.isprintable()
