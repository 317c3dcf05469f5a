"""Names of what a print run knows, in sentences."""

from collections.abc import Mapping

from server.core.i18n import Message, sentence
from server.printruns.models import BatchState, Trouble
from server.residents.models import Channel, Edition

NO_SECTOR = sentence("Without a sector")
WITHOUT_NUMBER = sentence("without a number")
EDITIONS: Mapping[Edition, Message] = {
    Edition.STANDARD: sentence("standard"),
    Edition.LARGE_PRINT: sentence("large print"),
    Edition.EASY_READ: sentence("easy to read"),
}
CARRIERS: Mapping[Channel, Message] = {
    Channel.HAND: sentence("Round"),
    Channel.POST: sentence("Stamped letters"),
    Channel.COUNTER: sentence("Pile at the counter"),
}
STATES: Mapping[BatchState, tuple[str, Message]] = {
    BatchState.TO_PRINT: ("todo", sentence("to print")),
    BatchState.PRINTED: ("wait", sentence("printed")),
    BatchState.HANDED_OVER: ("wait", sentence("handed over")),
    BatchState.DELIVERED: ("done", sentence("delivered")),
    BatchState.RETURNED: ("bad", sentence("came back")),
}
ACTS: Mapping[BatchState, Message] = {
    BatchState.PRINTED: sentence("Printed"),
    BatchState.HANDED_OVER: sentence("Handed over"),
    BatchState.DELIVERED: sentence("Delivered"),
    BatchState.RETURNED: sentence("Came back undelivered"),
}
STEPS: Mapping[str, Message] = {
    **{state.value: words for state, words in ACTS.items()},
    "missing": sentence("Copies are missing"),
    "reprinted": sentence("Missing copies printed again"),
    "came_back": sentence("Letters came back"),
}
TROUBLES: Mapping[Trouble, Message] = {
    Trouble.ADDRESS: sentence("the address does not hold on an envelope"),
    Trouble.RETURNED: sentence("an earlier letter to this address came back"),
}
