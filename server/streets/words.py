"""Names of the sides of a street."""

from collections.abc import Mapping

from server.core.i18n import Message, sentence
from server.postal.walking import Side

SIDES: Mapping[Side, Message] = {
    Side.ALL: sentence("both sides"),
    Side.ODD: sentence("odd numbers"),
    Side.EVEN: sentence("even numbers"),
}
