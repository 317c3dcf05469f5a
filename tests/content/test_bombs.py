"""Text made to keep a machine busy comes back quickly, or is refused in a sentence."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.content.html import to_html
from server.content.lint import Facts, lint
from server.content.mail import to_mail_html
from server.content.markdown import MAX_BODY, MAX_BRACKETS, MAX_LINES, MAX_MARKS, parse
from server.content.plaintext import to_plain_text
from server.content.printing import to_print
from server.content.speech import to_speech
from server.content.typography import set_typography
from server.core.errors import Invalid

AT_ONCE = 4.0  # seconds of processor, on whatever machine: a bomb takes minutes

SIGNS = [
    "*", "_", "[", "]", "`", "!", ">", "-", "#", "|", "\\", "<", "&", "(", ")", "~", "=", "+", "1", "\t", " ", "\n", '"',
    "**a", "***a* ", "*a_ ", "a**b", "*a **b ", "_a __b ", "[*a](b)* ", "![", "](", "[]", "[](", "[a](", "[a](b)", "[a][b]",
    "[a](<b", "[a](((((", '[a](b "', "![a](b)", "``a", "> ", "> - ", "> 1. ", "- > ", "- ", "- a\n", "1. ", "1. a\n", "* a\n",
    "> a\n", "> a\n\n", "a\n", "a\n\n", "a\n=\n", "a  \n", "a\\\n", "| ", "|a|b|\n|-|-|\n", "|-", "|\n", "x\n|-\n", "<a@",
    "<http://a", "<!--", "<![CDATA[", "<a ", "&#", "&amp;", "&#x202e;", "https://a", "https://a.fr ", "a@b.fr ", "www.a.fr,",
    "a: ", "« a »", "12 000 ", "10 h 30 ", "n° 1 ", "a@", "bit.ly/a ", "M. A. ", "\u0301", "é", "\u202e", "\u2028", "\ud800",
    "👩‍👩‍👧‍👦", "اَلْعَرَبِيَّةُ", "ﷺ",
]  # fmt: skip

# Shapes that only fit under the limits on purpose.
SHAPES = {
    "quotes carried on by lazy lines": "> " * 6 + "a\n" * (MAX_LINES - 1),
    "lists as deep as allowed, many times": ("- " * 6 + "a\n") * (MAX_LINES - 1),
    "one list going down": "\n".join("  " * depth + "- a" for depth in range(200)),
    "all brackets opened, none closed": "[" * MAX_BRACKETS + "a" * 10_000,
    "all brackets opened as pictures": "![" * MAX_BRACKETS,
    "brackets opened and closed": "[" * MAX_BRACKETS + "](b)" * MAX_BRACKETS,
    "links in links": "[a" * MAX_BRACKETS + "](https://b.fr)" * MAX_BRACKETS,
    "marks opened and closed": "*" * 25_000 + "a" + "*" * 24_999,
    "marks of two kinds": "*a _b " * 4_000 + "a* b_ " * 4_000,
    "the widest and longest table": "|" + "a|" * 12 + "\n|" + "-|" * 12 + "\n" + "|\n" * (MAX_LINES - 3),
    "a table of full rows": "|" + "a|" * 12 + "\n|" + "-|" * 12 + "\n" + ("|" + "a|" * 12 + "\n") * 1_800,
    "an address without end": "https://a.fr/" + "(" * 49_000,
    "brackets around an address": "https://a.fr/" + "a)" * 20_000,
    "a link without end": "[a](" + "(" * 24_000 + ")" * 24_000 + ")",
    "one word": "a" * MAX_BODY,
    "loose list": "- a\n\n" * (MAX_LINES // 2 - 1),
    "spaces before a sign": "a" + " " * 49_000 + "!",
}


def cut(sign: str, length: int) -> str:
    return (sign * (length // len(sign) + 1))[:length]


def seconds(text: str) -> tuple[float, float]:
    """Processor seconds to parse, and then to set, to judge and to render in every way. A refusal renders nothing."""
    begun = time.process_time()
    try:
        document = parse(text)
    except Invalid:
        return time.process_time() - begun, 0.0
    parsed = time.process_time()
    to_html(document), to_mail_html(document), to_plain_text(document), to_print(document), to_speech(document)
    set_typography(document, "fr")
    lint(document, Facts())
    return parsed - begun, time.process_time() - parsed


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_a_repeated_sign_is_read_or_refused_at_once(sign: str) -> None:
    for length in (MAX_BODY, 2 * MAX_BODY):
        begun = time.process_time()
        with suppress(Invalid):
            parse(cut(sign, length))
        assert time.process_time() - begun < AT_ONCE


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_a_repeated_sign_within_the_limits_is_rendered_at_once(sign: str) -> None:
    limits = [(MAX_BODY // 8, len(sign)), (MAX_LINES // 8, sign.count("\n")), (MAX_BRACKETS // 2, sign.count("["))]
    limits.append((MAX_MARKS // 4, sign.count("*") + sign.count("_")))
    assert max(seconds(sign * min(limit // used for limit, used in limits if used))) < AT_ONCE


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tangle_keeps_nobody_waiting(shape: str) -> None:
    parsed, rendered = seconds(SHAPES[shape])
    assert max(parsed, rendered) < AT_ONCE


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(SIGNS), min_size=1, max_size=4), st.integers(1, 4))
def test_any_mixture_of_signs_repeated_keeps_nobody_waiting(signs: list[str], parts: int) -> None:
    text = "".join(cut("".join(signs[part % len(signs) :]), MAX_BODY // (8 * parts)) for part in range(parts))
    assert max(seconds(text)) < AT_ONCE
