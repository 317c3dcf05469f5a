"""Chromium, a running instance, and people of the demonstration town who sign in as anybody would."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.browser.instance import Instance, running_instance
from tests.look.harness import CHROMIUM, FLAGS

PASSWORD = "un tambour bat dans la ville"
SignIn = Callable[[str], BrowserContext]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here opens pages in Chromium, on one instance: one worker takes it all."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with running_instance(tmp_path_factory.mktemp("instance") / "home") as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def sign_in(chromium: Browser, instance: Instance) -> Iterator[SignIn]:
    """`sign_in("nadege.rouault")`: a browser in which somebody chose a password and signed in, once for all tests."""
    contexts: dict[str, BrowserContext] = {}

    def open_context(who: str) -> BrowserContext:
        if who not in contexts:
            contexts[who] = chromium.new_context(locale="fr-FR")
            enter(contexts[who].new_page(), instance.links[who], who)
        return contexts[who]

    yield open_context
    for context in contexts.values():
        context.close()


def enter(page: Page, link: str, who: str) -> None:
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main form button").last.click()
    if "/sign-in" in page.url:
        page.locator("input[name=email]").fill(f"{who}@saint-aubin.example")
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("main form button").last.click()
    assert page.url.endswith("/desk"), page.url
    page.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """A resident: no cookie, nothing remembered."""
    context = chromium.new_context(locale="fr-FR")
    yield context
    context.close()
