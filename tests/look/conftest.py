"""One browser for all pages of the style guide."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from tests.look.harness import launch


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()
