"""Forms: from what a browser sent to a schema, with one sentence per field that cannot be used, and the input kept."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar, get_origin

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile

from server.core.errors import Invalid
from server.core.i18n import Message, sentence

Schema = TypeVar("Schema", bound=BaseModel)


class Unusable(ValueError):
    """Raised by a schema's validator: the sentence says what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.msgid)
        self.message = message


class RefusedForm(Exception):
    """Carries the page to show again; raised so that the transaction is rolled back."""

    def __init__(self, response: Response) -> None:
        super().__init__("refused form")
        self.response = response


class Form:
    """What was typed: `values` keeps every field as text or list of texts, to fill the form again."""

    def __init__(self, data: FormData) -> None:
        self.data = data

    def text(self, name: str) -> str:
        value = self.data.get(name, "")
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        return [value for value in self.data.getlist(name) if isinstance(value, str)]

    def file(self, name: str) -> UploadFile | None:
        value = self.data.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    @property
    def values(self) -> dict[str, Any]:
        """Fields by name; a field sent several times is a list."""
        found: dict[str, Any] = {}
        for name in self.data:
            texts = self.texts(name)
            found[name] = texts if len(texts) > 1 else "".join(texts)
        return found

    def parse(self, schema: type[Schema]) -> Schema:
        """The schema filled from the form. Raises Invalid. A field of a list type is always a list."""
        given: dict[str, Any] = {}
        for name, info in schema.model_fields.items():
            if get_origin(info.annotation) in {list, tuple, set, frozenset}:
                given[name] = [text for text in self.texts(name) if text != ""]
            elif name in self.data:
                given[name] = self.text(name)
        return validated(schema, given)


async def _form(request: Request) -> AsyncIterator[Form]:
    """What was sent; uploaded files are closed once the answer is made."""
    async with request.form() as data:
        yield Form(data)


SentForm = Annotated[Form, Depends(_form)]


def validated(schema: type[Schema], given: dict[str, Any]) -> Schema:
    """`schema` made of `given`. Raises Invalid with a sentence per field."""
    try:
        return schema.model_validate(given)
    except ValidationError as error:
        raise Invalid(sentences_of(error.errors())) from error


def sentences_of(errors: Any) -> dict[str, Message]:
    """One sentence per field from pydantic's errors; the first error of a field wins."""
    fields: dict[str, Message] = {}
    for error in errors:
        name = str(error["loc"][0]) if error["loc"] else "form"
        fields.setdefault(name, _sentence_of(error))
    return fields


_EMPTY = sentence("Fill in this field.")
_NO_NUMBER = sentence("Write a whole number.")
_NOT_IN_LIST = sentence("Choose one of the answers of the list.")
_SENTENCES = {
    "missing": _EMPTY,
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
    "int_parsing": _NO_NUMBER,
    "int_type": _NO_NUMBER,
    "enum": _NOT_IN_LIST,
    "literal_error": _NOT_IN_LIST,
}


def _sentence_of(error: Any) -> Message:
    context = error.get("ctx") or {}
    cause = context.get("error")
    if isinstance(cause, Unusable):
        return cause.message
    kind = error["type"]
    if kind == "string_too_long":
        return sentence("At most {limit} characters: shorten this text.", limit=context["max_length"])
    if kind == "greater_than_equal":
        return sentence("Write {bound} or a larger number.", bound=context["ge"])
    if kind == "less_than_equal":
        return sentence("Write {bound} or a smaller number.", bound=context["le"])
    if kind.startswith(("date", "time")):
        return sentence("Write a date that exists, for example 24/11/2026.")
    return _SENTENCES.get(kind, sentence("This answer cannot be used: check what was typed."))


@contextmanager
def asking_again(answer: Callable[[dict[str, str], Invalid], Response]) -> Iterator[None]:
    """Turn a refusal of what was typed into the same page again: `answer(errors, refusal)` makes it.

    `errors` maps a field's name to its sentence in the reader's language; the status should be 422.
    """
    try:
        yield
    except Invalid as refusal:
        errors = {name: str(message) for name, message in refusal.fields.items()}
        raise RefusedForm(answer(errors, refusal)) from refusal
