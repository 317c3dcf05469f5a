"""From bytes to text: which alphabet a file was written in, found from the bytes alone; a damaged one is refused by its line."""

import codecs
import re
import unicodedata

from server.core.i18n import Message, sentence
from server.residents.lists.refusal import NotAList

NO_LIST = sentence("This file is not a list: save it from your spreadsheet as CSV, XLSX or ODS.")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD_ALPHABETS = ("cp1252", "iso-8859-15", "mac-roman", "cp850")
"""In the order in which French town halls have them."""
_FRENCH = frozenset("àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ’‘“”«»°€–—…·\u00a0\u202f")
_SAMPLE = 60_000
_LINE_END = re.compile(rb"\r\n|\r|\n")
# What the first two bytes of a letter of UTF-8 look like to cp1252: hardly any sound word has such a pair.
_SPOILED_PAIR = re.compile(f"[\u00c2-\u00f4][{re.escape(bytes(range(0x80, 0xC0)).decode('cp1252', 'ignore'))}]")


def read_letters(content: bytes) -> str:
    """The text of a file. Raises NotAList for one that is no text, or was spoiled by another program."""
    mark = next((name for sign, name in _MARKS if content.startswith(sign)), None) or _wide(content[:4096])
    if mark is not None:
        return _checked(_decoded(content, mark))
    if b"\x00" in content[:4096]:
        raise NotAList(NO_LIST)
    try:
        return _checked(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        _refuse_mixed(content, error.start)
    return _checked(content.decode(_old_alphabet(content[:_SAMPLE]), "replace"))


def is_damaged(text: str) -> bool:
    """Whether these letters were read in the wrong alphabet once already, or lost."""
    return not text.isascii() and ("\ufffd" in text or bool(_spoiled_word(text)))


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of western text is zero."""
    if len(head) < 4 or (len(head) % 2 and len(head) < 4096):
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = len(head) // 2 * 0.7
    if odd > most and even < most / 4:
        return "utf-16-le"
    return "utf-16-be" if even > most and odd < most / 4 else None


def _decoded(content: bytes, alphabet: str) -> str:
    try:
        return content.decode(alphabet)
    except UnicodeDecodeError as error:
        line = len(content[: error.start].decode(alphabet, "ignore").splitlines())
        raise NotAList(_unreadable(line)) from error


def _refuse_mixed(content: bytes, first: int) -> None:
    """Some lines are UTF-8, others are not: two files were glued together, and no alphabet reads both."""
    if content[:first].isascii() and not _has_utf8(content[first:]):
        return
    raise NotAList(_unreadable(len(_LINE_END.findall(content[:first])) + 1))


def _has_utf8(rest: bytes) -> bool:
    """Whether a line of what follows is UTF-8 with accents. Two letters of an old alphabet look like one by rare chance."""
    for line in _LINE_END.split(rest):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False


def _old_alphabet(sample: bytes) -> str:
    """Whichever makes the most French letters of the bytes beyond ASCII."""
    return max(_OLD_ALPHABETS, key=lambda name: _likeness(sample, name))


def _likeness(sample: bytes, alphabet: str) -> int:
    text = sample.decode(alphabet, "replace")
    score = 0
    for letter in text:
        if letter.isascii():
            continue
        if letter in _FRENCH:
            score += 2
        else:
            score -= 8 if letter == "\ufffd" or unicodedata.category(letter) in {"Cc", "So", "Sc", "Sm", "No"} else 1
    # A capital in the midst of small letters betrays the wrong page.
    return score - 6 * sum(1 for _ in _ODD_CAPITAL.finditer(text))


_ODD_CAPITAL = re.compile(r"[a-z][À-ÖØ-Þ](?=[a-z])")


def _checked(text: str) -> str:
    for number, line in enumerate(text.splitlines() if _SPOILED_PAIR.search(text) else (), start=1):
        if word := _spoiled_word(line):
            raise NotAList(
                sentence(
                    "Line {line}: the accents are damaged, as in “{words}”. Save the original list again as “CSV UTF-8”.",
                    line=number,
                    words=word,
                )
            )
    return text


def _spoiled_word(line: str) -> str:
    """« CattÃ©nières » for « Catténières »."""
    for word in line.split() if _SPOILED_PAIR.search(line) else ():
        if not word.isascii():
            try:
                word.encode("cp1252").decode("utf-8")
            except UnicodeError:
                continue
            return word[:40]
    return ""


def _unreadable(line: int) -> Message:
    return sentence(
        "Line {line}: its letters are written in another way than those before. Save the original list again as “CSV UTF-8”.",
        line=line,
    )
