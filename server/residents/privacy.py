"""What is stored of residents, column by column: the privacy page, the personal file and the tests read it from here.

Every table of the instance is named here. A new column without a line fails a test: whoever adds it says what it is for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from server.core.i18n import Message, sentence


@dataclass(frozen=True)
class Keeping:
    """One table that names residents: what for, how long, and by which column the rows of a person are found."""

    title: Message
    purpose: Message
    kept: Message
    personal: Mapping[str, Message]
    plain: frozenset[str]
    """Columns that say nothing of a person by themselves: numbers of rows, states, keys of our own."""
    tie: str = ""


_WHILE_ON_LIST = sentence(
    "As long as you are on the list, then three years, as proof; at once if you ask to be erased."
)
_OWN = frozenset({"id", "municipality_id"})

_COPIES = sentence("a copy of your name and addresses without accents, by which the counter finds you")

KEEPINGS: Mapping[str, Keeping] = {
    "resident": Keeping(
        sentence("Who you are and where it is brought"),
        sentence("To bring you what you asked for, in the form and the language you can read."),
        _WHILE_ON_LIST,
        {
            "name": sentence("your name, if you gave it"),
            "email": sentence("your email address, if you receive by email"),
            "phone": sentence("your telephone number, if you gave it"),
            "address_inside": sentence("your postal address, if you receive on paper"),
            "address_outside": sentence("your postal address, if you receive on paper"),
            "address_street": sentence("your postal address, if you receive on paper"),
            "address_locality": sentence("your postal address, if you receive on paper"),
            "postcode": sentence("your postal address, if you receive on paper"),
            "post_town": sentence("your postal address, if you receive on paper"),
            "list_key": _COPIES,
            "search_key": _COPIES,
            "email_key": _COPIES,
            "name_key": _COPIES,
            "door_key": _COPIES,
            "phone_key": _COPIES,
            "is_household": sentence("whether you joined as a family, and with whom you share one copy on paper"),
            "household_id": sentence("whether you joined as a family, and with whom you share one copy on paper"),
            "own_copy": sentence("whether you joined as a family, and with whom you share one copy on paper"),
            "calls_agreed_at": sentence("when you agreed to be telephoned on an urgent day"),
            "paused_from": sentence("the days on which you asked us to send nothing"),
            "paused_until": sentence("the days on which you asked us to send nothing"),
            "edition": sentence("whether you read large print or easy text"),
            "language": sentence("your language"),
            "created_at": sentence("when you joined, when we last heard from you, when you left"),
            "last_contact_at": sentence("when you joined, when we last heard from you, when you left"),
            "left_at": sentence("when you joined, when we last heard from you, when you left"),
        },
        _OWN,
        tie="id",
    ),
    "subscription": Keeping(
        sentence("What you receive"),
        sentence("To bring you the topics you chose, by the way you chose, and nothing else."),
        _WHILE_ON_LIST,
        {
            "resident_id": sentence("your number on the list"),
            "topic_id": sentence("the topics"),
            "channel": sentence("how they are brought"),
            "started_at": sentence("from when to when"),
            "ended_at": sentence("from when to when"),
        },
        _OWN,
        tie="resident_id",
    ),
    "resident_place": Keeping(
        sentence("The places you want to hear of"),
        sentence("To bring you what concerns your street or your part of the town."),
        _WHILE_ON_LIST,
        {"resident_id": sentence("your number on the list"), "place_id": sentence("the streets and sectors you chose")},
        frozenset({"municipality_id"}),
        tie="resident_id",
    ),
    "resident_merge": Keeping(
        sentence("The number you had before"),
        sentence("So that the links in mails you have already received go on working."),
        _WHILE_ON_LIST,
        {
            "old_id": sentence("your number on the list, before two entries of you became one"),
            "resident_id": sentence("your number on the list"),
            "at": sentence("when"),
        },
        frozenset({"municipality_id"}),
        tie="resident_id",
    ),
    "import_row": Keeping(
        sentence("A list that waits"),
        sentence("To look at a list the town hall has already, before anybody of it is on ours."),
        sentence(
            "Until the list is confirmed or discarded, fourteen days at most; then seven days a mark, if you had left elsewhere."
        ),
        {
            "resident_id": sentence("the number you would have on the list"),
            "address_hash": sentence("a mark that stands for an address"),
            **dict.fromkeys(("name", "email", "phone"), sentence("what the list says of you")),
            **dict.fromkeys(("list_key", "search_key", "name_key", "door_key", "phone_key", "email_key"), _COPIES),
            **dict.fromkeys(
                ("address_inside", "address_outside", "address_street", "address_locality", "postcode", "post_town"),
                sentence("what the list says of you"),
            ),
            **dict.fromkeys(("edition", "language", "wants", "place_id"), sentence("what the list says of you")),
        },
        _OWN | {"import_id", "number", "sheet", "outcome", "problem"},
        tie="email_key",
    ),
    "list_file": Keeping(
        sentence("The file of a list that waits"),
        sentence("To look at a list the town hall has already, before anybody of it is on ours."),
        sentence("Until the list is confirmed or discarded, fourteen days at most."),
        {"content": sentence("the list as it was brought"), "tables": sentence("the list as it was brought")},
        frozenset({"import_id", "municipality_id"}),
    ),
    "consent": Keeping(
        sentence("The proof that you said yes, or no"),
        sentence("The law wants the town hall to be able to show it."),
        _WHILE_ON_LIST,
        {
            "resident_id": sentence("your number on the list"),
            "act": sentence("whether you joined, changed or left"),
            "way": sentence("how you said it"),
            "text_version": sentence("the words you were shown"),
            "text": sentence("the words you were shown"),
            "detail": sentence("what you chose that day, and the number of the form you signed"),
            "recorded_by_id": sentence("who at the town hall wrote it down"),
            "at": sentence("when"),
        },
        _OWN,
        tie="resident_id",
    ),
    "join_request": Keeping(
        sentence("A request that waits"),
        sentence("To ask the owner of an address for a yes before anything is sent there."),
        sentence("Fourteen days by email, sixty on paper; then it goes away by itself."),
        {
            "resident_id": sentence("your number on the list"),
            "email": sentence("the address that was typed"),
            "email_key": sentence("the address that was typed"),
            "answers": sentence("what was chosen, and on paper the name and the postal address"),
            "text_version": sentence("the words that were shown"),
            "text": sentence("the words that were shown"),
            "recorded_by_id": sentence("who at the town hall wrote it down"),
            "created_at": sentence("when it was asked and confirmed"),
            "confirmed_at": sentence("when it was asked and confirmed"),
        },
        _OWN | {"kind", "expires_at"},
        tie="email_key",
    ),
    "paper_form": Keeping(
        sentence("The paper form you signed"),
        sentence("To find the sheet in the archive, and to destroy it when you are erased."),
        _WHILE_ON_LIST,
        {
            "resident_id": sentence("your number on the list"),
            "number": sentence("the number printed on the form, and the box it lies in"),
            "batch_id": sentence("the number printed on the form, and the box it lies in"),
            "keyed_by_id": sentence("who at the town hall wrote it down"),
            "keyed_at": sentence("when"),
        },
        _OWN | {"state"},
        tie="resident_id",
    ),
    "delivery": Keeping(
        sentence("What was sent to you by email"),
        sentence(
            "To send each message once, and to know whether your provider took it. Nobody is told if you opened it."
        ),
        sentence("A year, then only figures; your number and address are taken out at once when you are erased."),
        {
            "recipient": sentence("your number on the list"),
            "address": sentence("the address it went to, and its provider"),
            "provider": sentence("the address it went to, and its provider"),
            "mailing_id": sentence("which message"),
            "state": sentence("whether the provider took it, when, and what it answered"),
            "reply": sentence("whether the provider took it, when, and what it answered"),
            "settled_at": sentence("whether the provider took it, when, and what it answered"),
        },
        _OWN | {"message_id", "lane", "attempt", "tries", "doubts", "next_at", "worker", "lease_until", "behind"},
        tie="recipient",
    ),
    "print_copy": Keeping(
        sentence("What was sent to you on paper"),
        sentence("To bring each letter once, and to know which ones came back."),
        _WHILE_ON_LIST,
        {
            "resident_id": sentence("your number on the list"),
            "number": sentence("the number printed beside your address"),
            "run_id": sentence("which letter, in which edition, and who carried it"),
            "batch_id": sentence("which letter, in which edition, and who carried it"),
            "edition": sentence("which letter, in which edition, and who carried it"),
            "channel": sentence("which letter, in which edition, and who carried it"),
            "trouble": sentence("whether it could not be sent, was lost, or came back"),
            "missing_at": sentence("whether it could not be sent, was lost, or came back"),
            "returned_at": sentence("whether it could not be sent, was lost, or came back"),
        },
        _OWN,
        tie="resident_id",
    ),
    "urgent_told": Keeping(
        sentence("Who told you of an urgent notice"),
        sentence("To know who has not heard of it yet, and to knock at their door."),
        _WHILE_ON_LIST,
        {
            "resident_id": sentence("your number on the list"),
            "urgent_id": sentence("which notice, how you were told, when, and who noted it"),
            "way": sentence("which notice, how you were told, when, and who noted it"),
            "noted_at": sentence("which notice, how you were told, when, and who noted it"),
            "noted_by_id": sentence("which notice, how you were told, when, and who noted it"),
        },
        _OWN,
        tie="resident_id",
    ),
    "address_hold": Keeping(
        sentence("An address that a letter came back from"),
        sentence("So that nothing more is posted to where you no longer live."),
        _WHILE_ON_LIST,
        {
            "resident_id": sentence("your number on the list"),
            "address_mark": sentence("a mark that stands for an address"),
            "copy_id": sentence("which letter came back, when, and who noted it"),
            "held_at": sentence("which letter came back, when, and who noted it"),
            "held_by_id": sentence("which letter came back, when, and who noted it"),
            "lifted_at": sentence("which letter came back, when, and who noted it"),
        },
        _OWN,
        tie="resident_id",
    ),
    "suppression": Keeping(
        sentence("Addresses that must not be written to"),
        sentence("To keep our word to who said “never again”, or was erased, and to leave dead addresses in peace."),
        sentence("Until you ask for our mail again. It cannot be turned back into an address."),
        {
            "address_hash": sentence("a mark that stands for an address"),
            "reason": sentence("why it is not written to, and since when"),
            "at": sentence("why it is not written to, and since when"),
        },
        _OWN,
        tie="address_hash",
    ),
    "limit_window": Keeping(
        sentence("Counters against abuse"),
        sentence("To keep the form from being used to flood somebody’s mailbox."),
        sentence("Two days. It cannot be turned back into an address."),
        {"key": sentence("a mark that stands for an address, or for the network a form was sent from")},
        frozenset({"started_at", "count"}),
    ),
}
