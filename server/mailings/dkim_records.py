"""New signing keys, and the DNS records that let everybody check what they sign (RFC 6376, 3.6.1)."""

import base64
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from server.mailings.dkim import Algorithm, SigningKey

_BITS = 2048  # longer keys do not fit what some registrars' forms take
_TAG = re.compile(r"\s*([a-z]+)\s*=\s*([^;]*)")


def new_private_key(algorithm: Algorithm) -> bytes:
    """A new private key, as it is kept (sealed)."""
    is_rsa = algorithm is Algorithm.RSA
    private = generate_private_key(65537, _BITS) if is_rsa else Ed25519PrivateKey.generate()
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def record_name(domain: str, selector: str) -> str:
    """Where the record stands."""
    return f"{selector}._domainkey.{domain}"


def record_of(key: SigningKey) -> str:
    """The text of the record."""
    return f"v=DKIM1; k={key.algorithm}; p={_public(key)}"


def is_record_of(key: SigningKey, text: str) -> bool:
    """Whether a record somebody published says this key, however it is spaced."""
    tags = {found[1]: found[2] for part in text.split(";") if (found := _TAG.match(part))}
    is_same = re.sub(r"\s", "", tags.get("p", "")) == _public(key)
    return is_same and tags.get("k", Algorithm.RSA).strip() == key.algorithm and "y" not in tags.get("t", "")


def _public(key: SigningKey) -> str:
    public = key.private.public_key()
    if key.algorithm is Algorithm.RSA:
        raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463, 4.2
    return base64.b64encode(raw).decode("ascii")
