"""The words people say yes to. A new text gets a new version; what was shown is kept with each yes, word for word."""

from server.core.i18n import Message, sentence

VERSION = "2026-11"


def consent_words(town_name: str) -> Message:
    """What stands above the button of every form to join, and on the paper coupon."""
    return sentence(
        "{town} keeps what you write here to bring you what you chose, and for nothing else. It is passed on to nobody, "
        "and nobody is told whether you open a message. You may leave at any time: by a link, by telephone, by letter "
        "or at the counter.",
        town=town_name,
    )
