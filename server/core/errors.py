"""The ways a use case refuses. Each has a stable `code`; HTTP is chosen in one place, `server/web/errors.py`."""

from collections.abc import Mapping

from server.core.i18n import Message


class Refusal(Exception):
    """A use case said no. `message` is for people, `code` is for programs and never changes."""

    code = "refused"

    def __init__(self, message: Message, code: str | None = None) -> None:
        super().__init__(message.msgid)
        self.message = message
        if code is not None:
            self.code = code


class NotFound(Refusal):
    """There is no such object here. Another municipality's object is not here either."""

    code = "not_found"

    def __init__(self, message: Message | None = None, code: str | None = None) -> None:
        super().__init__(message or Message("There is nothing at this address."), code)


class Unknown(Refusal):
    """Nobody knows who is asking: a program is to show a token first."""


class NotAllowed(Refusal):
    """The person is known but has no right to do this."""

    code = "not_allowed"

    def __init__(self, message: Message | None = None, code: str | None = None) -> None:
        super().__init__(message or Message("Your role does not allow this."), code)


class Conflict(Refusal):
    """Somebody or something was faster: the state is no longer the one the request was made for."""

    code = "conflict"


class TooMany(Refusal):
    """A limit was reached. Trying again helps after `retry_after` seconds."""

    code = "too_many"

    def __init__(self, message: Message, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """A machine of ours is out of order: nothing is wrong with the request, and trying again may help."""

    code = "unavailable"


class Invalid(Refusal):
    """What was given cannot be used. `fields` maps a field's name to one sentence saying what to do."""

    code = "invalid"

    def __init__(self, fields: Mapping[str, Message], message: Message | None = None) -> None:
        super().__init__(message or Message("Some answers need a correction."))
        self.fields = dict(fields)


class Faults:
    """Several answers are looked at before any is refused, so that a form says all that it wants at once.

    faults = Faults()
    with faults:
        check_wants(…)
    with faults:
        check_callable(…)
    faults.refuse()
    """

    def __init__(self) -> None:
        self.fields: dict[str, Message] = {}

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """What is Invalid is kept; anything else goes on its way."""
        if not isinstance(error, Invalid):
            return False
        for name, message in error.fields.items():
            self.fields.setdefault(name, message)
        return True

    def refuse(self) -> None:
        """Raise Invalid if something was wrong."""
        if self.fields:
            raise Invalid(self.fields)
