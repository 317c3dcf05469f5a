"""One press for all tests of this room; its child is gone when they end."""

from collections.abc import Iterator

import pytest

from server.press import process


@pytest.fixture(scope="session", autouse=True)
def _closed_press() -> Iterator[None]:
    yield
    process.press().close()
