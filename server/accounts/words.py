"""What roles and scopes are called, what they allow, and what the audit trail details, in words for people."""

from collections.abc import Mapping

from server.accounts.models import Role
from server.core.i18n import Message, sentence

ROLES: Mapping[Role, tuple[Message, Message]] = {
    Role.ADMINISTRATOR: (
        sentence("Administrator"),
        sentence("Sets everything up, names the staff, and may do all the rest."),
    ),
    Role.EDITOR: (sentence("Editor"), sentence("Writes notices, letters and bulletins, and submits them.")),
    Role.PUBLISHER: (sentence("Publisher"), sentence("Approves, publishes and sends.")),
    Role.COUNTER: (sentence("Counter"), sentence("Registers residents and answers their requests.")),
    Role.POSTER: (sentence("Posting"), sentence("Looks after the display boards and prints posters.")),
}

SCOPES: Mapping[str, Message] = {
    "notices:read": sentence("Read notices"),
    "notices:write": sentence("Write notices"),
    "notices:publish": sentence("Approve and publish notices"),
    "issues:read": sentence("Read letters and bulletins"),
    "issues:write": sentence("Write letters and bulletins"),
    "issues:send": sentence("Send letters"),
    "residents:read": sentence("Read residents: personal data"),
    "residents:write": sentence("Register and change residents: personal data"),
    "mailings:read": sentence("Read the figures of mailings"),
    "boards:read": sentence("Read display boards and rounds"),
    "boards:write": sentence("Make rounds"),
}

_DETAILS: Mapping[str, Message] = {
    "added": sentence("added"),
    "barred": sentence("barred"),
    "boxes": sentence("letterboxes"),
    "copies": sentence("copies"),
    "count": sentence("how many"),
    "forms": sentence("forms"),
    "gone": sentence("taken away"),
    "kind": sentence("kind"),
    "known": sentence("known already"),
    "mailings": sentence("mailings"),
    "other": sentence("the other one"),
    "purpose": sentence("for"),
    "roles": sentence("roles"),
    "scopes": sentence("scopes"),
    "topics": sentence("topics"),
}
_VALUES: Mapping[str, Message] = {
    "reset": sentence("a new password"),
    "welcome": sentence("the first sign-in"),
    **{role.value: name for role, (name, _) in ROLES.items()},
    **SCOPES,
}


def said_in_words(detail: Mapping[str, object]) -> list[str]:
    """What a line of the trail details; what has no words keeps its code. Zeros go without saying."""
    return [
        str(sentence("{name}: {value}", name=str(_DETAILS.get(name, name)), value=_value(value)))
        for name, value in detail.items()
        if value not in (0, "", None)
    ]


def _value(value: object) -> str:
    parts = value if isinstance(value, list) else [value]
    return ", ".join(str(_VALUES.get(str(one), str(one))) for one in parts)
