"""An address that a vendor's regular expression would match, made from the expression itself."""

import re
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any


def example_address(pattern: str) -> str:
    """A whole address: patterns that give only a path or a beginning of a host are completed."""
    # the patterns were written carelessly: a dot mostly means a dot
    text = _example(parser.parse(re.sub(r"(?<!\\)\.(?![+*])", r"\\.", pattern)))
    host = re.split(r"[/?:]", text)[0]
    if text.startswith("/"):
        return f"https://www.example.com{text}"
    if text.startswith("."):
        return f"https://abc{text}"
    if re.fullmatch(r"[a-z]+\.[a-z]+[0-9]*", text) and not text.endswith(
        (".gif", ".com", ".net", ".io", ".jp", ".eu", ".us", ".be")
    ):
        return f"https://{text}.net/a1b2"  # "t.hubspot…" is the beginning of a host
    if re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", host, re.IGNORECASE) and not host.endswith(
        (".php", ".gif")
    ):
        return f"https://{text}" if len(text) > len(host) else f"https://{text}/a1b2"
    return f"https://www.example.com/{text}"


def _example(parts: Any) -> str:
    return "".join(_part(kind, value) for kind, value in parts)


def _part(kind: Any, value: Any) -> str:
    match kind:
        case kinds.LITERAL:
            return chr(value)
        case kinds.IN:
            first, inner = value[0]
            return chr(inner if first is kinds.LITERAL else min(inner[0] + 3, inner[1]))
        case kinds.MAX_REPEAT:
            least, most, inner = value
            return _example(inner) * (8 if least == 1 and most > 8 else least)
        case kinds.SUBPATTERN:
            return _example(value[3])
    return "x"
