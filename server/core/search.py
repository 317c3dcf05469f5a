"""Words as a search compares them: without accents, case, ligatures and typographic signs, on both databases alike."""

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "\u00a0": " ", "\u202f": " "})


def searchable(words: str) -> str:
    """`words` folded: « Œuvre d’été » and "oeuvre d'ete" are the same."""
    if words.isascii():
        # Most of a list is; there is nothing to take apart.
        return " ".join(words.lower().split())
    decomposed = unicodedata.normalize("NFKD", words.casefold().translate(_LIGATURES))
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


def like(word: str) -> str:
    """A pattern for LIKE (escape: backslash) that finds `word` anywhere; its own signs mean themselves."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
