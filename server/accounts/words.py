"""What roles and scopes are called, and what they allow, in words for people."""

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
