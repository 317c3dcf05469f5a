"""DKIM signatures (RFC 6376, 8463): a composed message is made ready once, and each of its copies is signed in a moment.

    ready = ready_to_sign(composed, keys, clock.now())   # once per message
    header = signature(ready, filling)                   # once per copy: goes before it

Everything is canonicalised with the holes still open, which is right because what fills them holds no white space that
would be changed. The times in a signature come from the message's own `Date`, so two attempts are the same bytes.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

from server.mailings.splice import ComposedMessage, Filling, Hole

# Each is signed once more than it occurs, so that none can be added on the way (RFC 6376, 8.15).
SIGNED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-id",
    "list-post",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-archive",
)
LIFE = timedelta(days=30)
"""How long a signature is good for, from the message's date; a message that leaves later gets further such spans."""
LEAST_LEFT = timedelta(days=10)
"""Retries go on for five days, and mailboxes may be read by servers that were down."""

_HOLE = re.compile(rb"\x00(\d+)\x00")  # no message holds a NUL
_WHITE = re.compile(rb"[ \t]+")
_LINE_END_WHITE = re.compile(rb"[ \t]+(?=\r\n|\Z)")
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_COLUMNS = 72


class Algorithm(StrEnum):
    """As the `a=` of a signature and the `k=` of a record name them."""

    RSA = "rsa"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, the domain it speaks for and the selector its record stands under."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey

    @classmethod
    def load(cls, domain: str, selector: str, der: bytes) -> "SigningKey":
        private = load_der_private_key(der, password=None)
        if not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
            raise TypeError("DKIM signs with RSA or Ed25519")
        return cls(domain, selector, private)

    @property
    def algorithm(self) -> Algorithm:
        return Algorithm.RSA if isinstance(self.private, RSAPrivateKey) else Algorithm.ED25519

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), SHA256())
        return self.private.sign(hashlib.sha256(data).digest())  # RFC 8463: the hash is what is signed


@dataclass(frozen=True, slots=True)
class _Template:
    """Bytes with holes, whatever their order in the message was."""

    pieces: tuple[bytes, ...]
    holes: tuple[Hole, ...]

    def filled(self, filling: Filling) -> bytes:
        return self.pieces[0] + self.rest(filling)

    def rest(self, filling: Filling) -> bytes:
        """From the first hole on."""
        run: list[bytes] = []
        for hole, piece in zip(self.holes, self.pieces[1:], strict=True):
            run += (getattr(filling, hole.value), piece)
        return b"".join(run)


@dataclass(frozen=True, slots=True)
class _Body:
    """What all copies begin with is hashed once."""

    template: _Template
    begun: "hashlib._Hash"

    @classmethod
    def of(cls, template: _Template) -> "_Body":
        return cls(template, hashlib.sha256(template.pieces[0]))

    def digest(self, filling: Filling) -> bytes:
        going_on = self.begun.copy()
        going_on.update(self.template.rest(filling))
        return going_on.digest()


@dataclass(frozen=True, slots=True)
class _Stamp:
    """One key's signature header as far as all copies have it in common: as written, and as signed."""

    key: SigningKey
    written: bytes
    signed: bytes


@dataclass(frozen=True, slots=True)
class ReadyToSign:
    """A composed message whose copies can be signed."""

    headers: _Template
    body: _Body
    stamps: tuple[_Stamp, ...]


_NOTHING = Filling(b"", b"", b"", b"")


def sign(message: bytes, key: SigningKey, now: datetime) -> bytes:
    """The header to put before a finished `message`."""
    return signature(ready_to_sign(ComposedMessage((message,), ()), [key], now), _NOTHING)


def signature(ready: ReadyToSign, filling: Filling) -> bytes:
    """The signature headers of one copy, one for each key."""
    if not ready.stamps:
        return b""
    filling = filling._replace(to=_WHITE.sub(b" ", filling.to))  # the others hold no white space
    body_hash = base64.b64encode(ready.body.digest(filling))
    headers = ready.headers.filled(filling)
    run: list[bytes] = []
    for stamp in ready.stamps:
        signed = stamp.key.sign(b"".join((headers, stamp.signed, body_hash, b"; b=")))
        text = base64.b64encode(signed)
        folded = b"\r\n ".join(text[start : start + _COLUMNS] for start in range(0, len(text), _COLUMNS))
        run += (stamp.written, body_hash, b";\r\n b=", folded, b"\r\n")
    return b"".join(run)


def ready_to_sign(composed: ComposedMessage, keys: Iterable[SigningKey], now: datetime) -> ReadyToSign:
    """Do once what all copies have in common. Without keys, nothing is done."""
    stamps = list(keys)
    if not stamps:
        nothing = _Template((b"",), ())
        return ReadyToSign(nothing, _Body.of(nothing), ())
    marked = b"".join(
        (composed.pieces[0], *(b"\x00%d\x00%b" % (place, piece) for place, piece in enumerate(composed.pieces[1:])))
    )
    head, _, body = marked.partition(b"\r\n\r\n")
    fields = [(_name(line), line) for line in _FOLD.sub(b"", head).split(b"\r\n")]
    names, lines = _chosen(fields)
    signed_at = _date(fields, now)
    return ReadyToSign(
        _template(b"".join(lines), composed.holes),
        _Body.of(_template(_relaxed_body(body), composed.holes)),
        tuple(_stamp(key, names, signed_at, expiry(signed_at, now)) for key in stamps),
    )


def expiry(signed_at: datetime, now: datetime) -> datetime:
    """The end of the first span that leaves enough time: the same on every attempt, but for a very late one."""
    spans = max(1, -(-(now + LEAST_LEFT - signed_at) // LIFE))
    return signed_at + spans * LIFE


def _chosen(fields: Sequence[tuple[str, bytes]]) -> tuple[list[str], list[bytes]]:
    """The names for `h=` and the canonical lines they stand for: the last of a name first (RFC 6376, 5.4.2)."""
    names: list[str] = []
    lines: list[bytes] = []
    for name in SIGNED:
        found = [line for known, line in reversed(fields) if known == name]
        names += [name] * (len(found) + 1)
        lines += [_relaxed_header(line) + b"\r\n" for line in found]
    return names, lines


def _stamp(key: SigningKey, names: Sequence[str], signed_at: datetime, expires_at: datetime) -> _Stamp:
    rows = [
        f"DKIM-Signature: v=1; a={key.algorithm}-sha256; c=relaxed/relaxed;",
        f" d={key.domain}; s={key.selector};",
        f" t={int(signed_at.timestamp())}; x={int(expires_at.timestamp())};",
        *_name_rows(names),
        " bh=",
    ]
    written = "\r\n".join(rows).encode("ascii")
    return _Stamp(key, written, _relaxed_header(_FOLD.sub(b"", written)))


def _name_rows(names: Sequence[str]) -> list[str]:
    rows = [" h="]
    for place, name in enumerate(names):
        word = name + (";" if place == len(names) - 1 else ":")
        if len(rows[-1]) + len(word) > _COLUMNS:
            rows.append(" ")
        rows[-1] += word
    return rows


def _template(marked: bytes, holes: Sequence[Hole]) -> _Template:
    run = _HOLE.split(marked)
    return _Template(tuple(run[::2]), tuple(holes[int(place)] for place in run[1::2]))


def _name(line: bytes) -> str:
    return line.partition(b":")[0].strip().decode("latin-1").lower()


def _date(fields: Sequence[tuple[str, bytes]], now: datetime) -> datetime:
    words = next((line.partition(b":")[2] for name, line in fields if name == "date"), b"")
    try:
        found = parsedate_to_datetime(words.decode("ascii"))
    except ValueError:
        return now
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _relaxed_header(line: bytes) -> bytes:
    """RFC 6376, 3.4.2, of an unfolded line."""
    name, _, value = line.partition(b":")
    return name.strip().lower() + b":" + _WHITE.sub(b" ", value).strip()


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    lines = _WHITE.sub(b" ", _LINE_END_WHITE.sub(b"", body)).rstrip(b"\r\n")
    return lines + b"\r\n" if lines else b""
