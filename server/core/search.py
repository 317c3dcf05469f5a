"""Words as a search compares them: without accents, case, ligatures and typographic signs, on both databases alike."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "\u00a0": " ", "\u202f": " "})

_ACCENTS = re.compile("[\u0300-\u036f]+")
"""Of our languages; the others are looked at sign by sign."""


def searchable(words: str) -> str:
    """`words` folded: « Œuvre d’été » and "oeuvre d'ete" are the same."""
    if words.isascii():
        # Most of a list is; there is nothing to take apart.
        return " ".join(words.lower().split())
    decomposed = unicodedata.normalize("NFKD", words.casefold().translate(_LIGATURES))
    bare = _ACCENTS.sub("", decomposed)
    if not bare.isascii():
        bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(bare.split())


def like(word: str) -> str:
    """A pattern for LIKE (escape: backslash) that finds `word` anywhere; its own signs mean themselves."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
