"""Headers of every answer, and the most a request may weigh."""

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "cache-control": "no-store",
}
HSTS = "max-age=31536000; includeSubDomains"
MAX_REQUEST_BYTES = 25_000_000
_MOST_READ_IN_VAIN = 10 * MAX_REQUEST_BYTES


class Security:
    """Adds the headers an answer does not set itself; refuses a body that is too heavy, in the words of the page it is for."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self.is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > MAX_REQUEST_BYTES:
            await _read_in_vain(receive)
            receive = _refusing
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        await self.app(scope, _bounded(receive), self._with_headers(send))

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if self.is_https:
                    headers.setdefault("strict-transport-security", HSTS)
            await send(message)

        return sending


def _without_body(send: Send) -> Send:
    """HEAD is answered as GET, and what was made is not sent: monitors and link checkers ask this way."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sending


class TooHeavy(HTTPException):
    """A request is heavier than one may be, as it said itself or as it turned out."""

    def __init__(self) -> None:
        super().__init__(413)


async def _read_in_vain(receive: Receive) -> None:
    """A browser that is cut off while it sends shows no answer: what it sends is let pass and forgotten."""
    left = _MOST_READ_IN_VAIN
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if not message.get("more_body"):
            return


async def _refusing() -> Message:
    raise TooHeavy


def _bounded(receive: Receive) -> Receive:
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_REQUEST_BYTES:
            raise TooHeavy
        return message

    return receiving
