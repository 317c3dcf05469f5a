"""Passwords worked out as cheaply as Argon2 can, so that a thousand attempts take a moment."""

from typing import Literal

from argon2 import PasswordHasher

from server.accounts import passwords

IN_EARNEST = passwords.hasher


class CountingHasher(PasswordHasher):
    """The real Argon2id with the smallest cost; it knows how often it was asked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified: list[str | bytes] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  # argon2's name
        self.verified.append(hash)
        return super().verify(hash, password)
