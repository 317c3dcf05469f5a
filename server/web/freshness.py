"""What everybody may see is kept by browsers, but asked about each time: what is urgent must not wait behind a copy."""

from hashlib import blake2b

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PUBLIC = {"cache-control": "public, no-cache"}


class Freshness:
    """Marks an answer that is asked about each time with its content; who has that very answer gets no body again."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        held: Message | None = None

        async def sending(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_asked_about(message):
                held = message
                return
            if held is not None:
                if not message.get("more_body", False):
                    message = _marked(held, message, known)
                await send(held)
                held = None
            await send(message)

        await self.app(scope, receive, sending)


def _is_asked_about(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return start["status"] == 200 and "no-cache" in headers.get("cache-control", "") and "etag" not in headers


def _marked(start: Message, body: Message, known: str) -> Message:
    """The body that is to be sent after `start`, which gets the mark."""
    headers = MutableHeaders(raw=start["headers"])
    headers["etag"] = mark = f'"{blake2b(body["body"], digest_size=12).hexdigest()}"'
    if mark in known:
        start["status"] = 304
        del headers["content-length"]
        body = {**body, "body": b""}
    start["headers"] = headers.raw
    return body
