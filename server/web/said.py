"""What the next page says happened: fixed sentences named by a code in the URL, so nothing can be put in our mouth."""

from starlette.requests import Request

from server.core.i18n import Message, translate

_SENTENCES: dict[str, Message] = {}


def saying(code: str, sentence: Message) -> str:
    """Register `sentence` under `code`; give the code to `redirect(…, said=code)`."""
    if _SENTENCES.setdefault(code, sentence) != sentence:
        raise ValueError(f"two sentences are called {code}")
    return code


def said(request: Request) -> str | None:
    """The sentence the URL asks for, in the reader's language."""
    sentence = _SENTENCES.get(request.query_params.get("said", ""))
    return None if sentence is None else translate(sentence)
