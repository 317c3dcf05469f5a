"""What makes a password unusable: too short, on everybody's list, or made of what stands on the town hall's door.

No rule asks for capitals, figures or signs (NIST SP 800-63B, ASVS 6.2): they make passwords hard to keep in mind and
easy to guess. Length does the opposite.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from server.core.errors import Invalid
from server.core.i18n import Message, sentence

SHORTEST = 8
ADVISED = 15
LONGEST = 256

_LIST = Path(__file__).with_name("common_passwords.txt")
_AS_LETTERS = str.maketrans("0134578@$!|", "oieastbasii")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_DOOR_WORDS = (
    *(
        "mairie",
        "commune",
        "communal",
        "municipal",
        "municipalite",
        "municipality",
        "hoteldeville",
        "townhall",
        "ville",
    ),
    *("village", "bourg", "accueil", "secretariat", "bulletin", "lettre", "tambour", "admin", "administrateur"),
    *("administrator", "motdepasse", "password", "bienvenue", "welcome", "france"),
)
_OWN_WORDS_NEEDED = 5  # letters that must remain once the words of the door are taken away
_FEWEST_CHARACTERS = 4  # different ones: "aaaabbbb" is a run, not a word
_RUN_ENDS = 30  # nobody guesses how long a longer run is

_TOO_SHORT = sentence(
    "Use at least {least} characters. {advised} are better: three or four words in a row are easy to keep in mind.",
    least=SHORTEST,
    advised=ADVISED,
)
_TOO_LONG = sentence("Use {most} characters at most.", most=LONGEST)
_COMMON = sentence("This password is one of the most used ones, it would be guessed at once. Choose another.")
_RUN = sentence("This password is a run of characters, it would be guessed at once. Choose another.")
_DOOR = sentence(
    "This password says little more than the town, the service or your own name: it would be guessed. Choose another."
)


def refuse_weak(password: str, context: Iterable[str] = (), *, field: str = "password") -> None:
    """Raise Invalid with one sentence if `password` would be guessed. `context`: names of the town and the person."""
    refusal = weakness_of(password, context)
    if refusal is not None:
        raise Invalid({field: refusal})


def weakness_of(password: str, context: Iterable[str] = ()) -> Message | None:
    """What is wrong with a password, or None."""
    if len(password) < SHORTEST:
        return _TOO_SHORT
    if len(password) > LONGEST:
        return _TOO_LONG
    typed = plain(password)
    if _is_common(typed):
        return _COMMON
    if _is_run(typed):
        return _RUN
    return _DOOR if _is_on_the_door(typed, _words_of(context)) else None


def plain(text: str) -> str:
    """Lower case, without accents: how a guesser writes words down."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if not unicodedata.combining(character))


@cache
def common_passwords() -> frozenset[str]:
    """The list, read once."""
    lines = _LIST.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _is_common(typed: str) -> bool:
    """On the list as it is, or once the figures around it are gone and those inside read as letters."""
    core = _AROUND.sub("", typed)
    forms = {typed, core, core.translate(_AS_LETTERS), _AROUND.sub("", typed.translate(_AS_LETTERS))}
    return not forms.isdisjoint(common_passwords())


def _is_run(typed: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(typed)}
    return len(typed) < _RUN_ENDS and (len(set(typed)) < _FEWEST_CHARACTERS or steps in ({1}, {-1}))


def _words_of(context: Iterable[str]) -> list[str]:
    """The pieces of names and addresses that are long enough to be recognised, the longest first."""
    found = {piece for text in context for piece in re.split(r"[\W\d_]+", plain(text)) if len(piece) > 3}
    return sorted(found.union(_DOOR_WORDS), key=len, reverse=True)


def _is_on_the_door(typed: str, words: list[str]) -> bool:
    for form in (typed, typed.translate(_AS_LETTERS)):
        left = form
        for word in words:
            left = left.replace(word, "")
        if left != form and sum(character.isalpha() for character in left) < _OWN_WORDS_NEEDED:
            return True
    return False
