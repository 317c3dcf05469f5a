"""Sealing with age: whoever makes backups can write them; to read one takes a private key that need not be here.

The instance has a key of its own too, beside its secret, so that it can try its backups; it is never in a backup.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # at work once a day
    from pyrage import x25519

OWN_KEY = "backup.key"


class BadKey(ValueError):
    """A key that is none; the sentence says which."""


def new_key() -> tuple[str, str]:
    """A private key and its public half."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def read_public_keys(words: str) -> "list[x25519.Recipient]":
    """The keys of the setting, separated by spaces or commas. Raises BadKey."""
    from pyrage import RecipientError, x25519

    try:
        return [x25519.Recipient.from_str(word) for word in words.replace(",", " ").split()]
    except RecipientError as error:
        raise BadKey("TAMBOUR_BACKUP_KEYS: a public key begins with age1. `tambour backup key` makes one.") from error


def read_private_key(words: str) -> "x25519.Identity":
    """The line of a key file that is no comment. Raises BadKey."""
    from pyrage import IdentityError, x25519

    lines = [line.strip() for line in words.splitlines() if line.strip() and not line.startswith("#")]
    try:
        return x25519.Identity.from_str(lines[0] if lines else "")
    except IdentityError as error:
        raise BadKey("This is no private key: one begins with AGE-SECRET-KEY-1.") from error


def own_identity(keys: Path) -> "x25519.Identity":
    """The instance's own key, made on first use."""
    path = keys / OWN_KEY
    if not path.exists():
        keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(new_key()[0] + "\n")
    return read_private_key(path.read_text())


def seal(plain: Path, sealed: Path, recipients: "list[x25519.Recipient]") -> None:
    """`plain` goes, `sealed` comes: there is never room for three."""
    from pyrage import encrypt_file

    encrypt_file(str(plain), str(sealed), recipients)
    plain.unlink()


def unseal(sealed: Path, plain: Path, identities: "list[x25519.Identity]") -> None:
    """Raises BadKey if none of the keys fits, or if a byte of the file was changed."""
    from pyrage import DecryptError, decrypt_file

    try:
        decrypt_file(str(sealed), str(plain), identities)
        sealed.unlink()
    except DecryptError as error:
        raise BadKey(f"The backup cannot be opened with this key, or it is damaged: {error}") from error
