"""The words people say yes to. A new text gets a new version; what was shown is kept with each yes, word for word."""

from server.core.i18n import Message, sentence, translate

VERSION = "2026-11"
CALLS = sentence("On an urgent day, a flood or a long cut, the town hall may telephone me.")
"""What whoever ticks it agrees to: on the printed form, at the counter, behind their own link."""


def consent_words(town_name: str) -> Message:
    """What stands above the button of every form to join, and on the paper coupon."""
    return sentence(
        "{town} keeps what you write here to bring you what you chose, and for nothing else. It is passed on to nobody, "
        "and nobody is told whether you open a message. You may leave at any time: by a link, by telephone, by letter "
        "or at the counter.",
        town=town_name,
    )


def words_shown(town_name: str, language: str, *, with_calls: bool = False) -> tuple[str, str]:
    """The version and the very words, for the proof of a yes; `with_calls`: they agreed to be telephoned too."""
    words = translate(consent_words(town_name), language)
    return VERSION, f"{words} {translate(CALLS, language)}" if with_calls else words
