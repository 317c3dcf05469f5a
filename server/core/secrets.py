"""Secrets: one key per purpose derived from the instance's secret, signed tokens, encryption at rest.

The instance secret is made once at install, in `<home>/keys/instance.key` (mode 0600). Nothing signed for one purpose
is worth anything for another, and everything is compared in constant time.
"""

import base64
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN_BYTES = 24  # 192 bits, 32 characters
_MAC_BYTES = 16  # 128 bits
_NONCE_BYTES = 12


class BadToken(ValueError):
    """The token was not made by this instance for this purpose."""


class Secrets:
    """Everything that needs the instance's secret."""

    def __init__(self, root: bytes) -> None:
        if len(root) < 32:
            raise ValueError("the instance secret needs at least 32 bytes")
        self._root = root
        self.key = lru_cache(maxsize=256)(self._derive)
        self._begun = lru_cache(maxsize=256)(self._begin)

    def _derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=b"tambour:" + purpose.encode()).derive(self._root)

    def mac(self, purpose: str, message: bytes) -> bytes:
        """128 bits of HMAC-SHA-256 of `message` under the key of `purpose`."""
        begun_inner, begun_outer = self._begun(purpose)
        inner, outer = begun_inner.copy(), begun_outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()[:_MAC_BYTES]

    def _begin(self, purpose: str) -> tuple["hashlib._Hash", "hashlib._Hash"]:
        """The two hashes of RFC 2104 once they have read the key: a letter takes three macs for each of its readers."""
        padded = self.key(purpose).ljust(64, b"\0")
        return sha256(bytes(byte ^ 0x36 for byte in padded)), sha256(bytes(byte ^ 0x5C for byte in padded))

    def token_for(self, purpose: str, municipality_id: int, subject_id: int) -> str:
        """A link's token: 32 characters, always, naming `subject_id` and worthless elsewhere. Nothing is stored."""
        subject = subject_id.to_bytes(8, "big")
        return _encode(subject + self.mac(f"{purpose}/{municipality_id}", subject))

    def subject_of(self, purpose: str, municipality_id: int, token: str) -> int:
        """The subject a token was made for. Raises BadToken."""
        try:
            raw = base64.b64decode(token.encode("ascii"), b"-_", validate=True)
        except ValueError as error:
            raise BadToken from error
        subject, mac = raw[:8], raw[8:]
        if len(raw) != 8 + _MAC_BYTES or not hmac.compare_digest(
            mac, self.mac(f"{purpose}/{municipality_id}", subject)
        ):
            raise BadToken
        return int.from_bytes(subject, "big")

    def fingerprint(self, purpose: str, value: str) -> str:
        """A keyed hash that stands for `value` (an address, a network) where the value itself must not be kept."""
        return self.mac(purpose, value.encode()).hex()

    def encrypt(self, purpose: str, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.key(purpose)).encrypt(nonce, plain, None)

    def decrypt(self, purpose: str, sealed: bytes) -> bytes:
        """Raises BadToken if `sealed` was altered or sealed for another purpose."""
        try:
            return AESGCM(self.key(purpose)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except InvalidTag as error:
            raise BadToken from error


def new_token() -> str:
    """A random token of 192 bits for a link or a session. Store `token_hash` of it, never the token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is stored of a random token: it has 192 bits, so a plain hash cannot be turned back."""
    return sha256(token.encode()).hexdigest()


def load_secrets(home: Path) -> Secrets:
    """The instance's secrets, made on first use."""
    path = home / "keys" / "instance.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Secrets(path.read_bytes())
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    return Secrets(path.read_bytes())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii")
