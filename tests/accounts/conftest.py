"""Passwords worked out as cheaply as Argon2 can, so that a thousand attempts take a moment."""

from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlmodel import col, update

from server.accounts import passwords
from server.accounts.models import Account
from server.core.database import Database
from tests.accounts.doors import RIGHT
from tests.cast import Cast


class CountingHasher(PasswordHasher):
    """The real Argon2id with the smallest cost; it knows how often it was asked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified: list[str | bytes] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  # argon2's name
        self.verified.append(hash)
        return super().verify(hash, password)


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    hasher = CountingHasher()
    monkeypatch.setattr(passwords, "hasher", hasher)
    return hasher


@pytest.fixture
async def staff(database: Database, cast: Cast) -> Cast:
    """The cast, everybody with the password RIGHT."""
    hashed = await passwords.hash_password(RIGHT)
    async with database.writing() as session:
        await session.execute(update(Account).values(password_hash=hashed).where(col(Account.id) > 0))
    return cast
