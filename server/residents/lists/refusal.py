"""Why a file is not a list."""

from server.core.i18n import Message


class NotAList(Exception):
    """The bytes are not a list of people; `message` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.msgid)
        self.message = message
