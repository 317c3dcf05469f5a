"""Everybody of the cast with a password."""

import pytest
from sqlmodel import col, update

from server.accounts import passwords
from server.accounts.models import Account
from server.core.database import Database
from tests.accounts.doors import RIGHT
from tests.cast import Cast


@pytest.fixture
async def staff(database: Database, cast: Cast) -> Cast:
    """The cast, everybody with the password RIGHT."""
    hashed = await passwords.hash_password(RIGHT)
    async with database.writing() as session:
        await session.execute(update(Account).values(password_hash=hashed).where(col(Account.id) > 0))
    return cast
