"""Characters that no renderer should meet: controls, lone surrogates, direction overrides, other kinds of line end."""

import re

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Dropped: C0 and C1 controls but tab and newline, direction overrides and isolates (they make a line read other than it
# is stored), deprecated format and tag characters (invisible text), byte order marks, non-characters (not XML).
# Kept: joiners and direction marks, which Arabic, Persian and emoji need.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"
    "\U000e0000-\U000e007f"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def clean(text: str) -> str:
    """The same words without what would break a page, a mail header or a sheet; lone surrogates stay visible as �."""
    if text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text)
    return _SURROGATES.sub(_REPLACEMENT, _DROPPED.sub("", text))


def clean_line(text: str) -> str:
    """`clean` for words that stand on one line."""
    return clean(text).replace("\n", " ").replace("\t", " ")
