"""Passwords at rest: Argon2id, worked out in a few threads of their own and never inside a transaction."""

import asyncio
import base64
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.accounts.password_rules import LONGEST

# Two passes over 46 MiB: about a tenth of a second, and more than OWASP asks (46 MiB and one pass).
hasher = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)

# Two at a time: a flood of attempts waits in line instead of taking all the memory.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """What is stored of a password."""
    return await asyncio.get_running_loop().run_in_executor(_threads, hasher.hash, _bytes_of(password))


async def is_right(stored: str | None, password: str) -> bool:
    """Whether `password` is the stored one. Without a stored one the same work is done, and the answer is no."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, stored, _bytes_of(password))


def is_outdated(stored: str) -> bool:
    """Whether a stored password was worked out less strongly than we do today."""
    return hasher.check_needs_rehash(stored)


def _verify(stored: str | None, password: bytes) -> bool:
    try:
        hasher.verify(stored or _hash_of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def _hash_of_nobody() -> str:
    """The right shape and cost, and no password in the world that fits."""
    salt = base64.b64encode(bytes(hasher.salt_len)).decode().rstrip("=")
    digest = base64.b64encode(bytes(hasher.hash_len)).decode().rstrip("=")
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def _bytes_of(password: str) -> bytes:
    """The same letters give the same bytes on every keyboard. What is longer than allowed cannot be right: it is cut."""
    return unicodedata.normalize("NFC", password[: LONGEST + 1]).encode("utf-8", "surrogatepass")
