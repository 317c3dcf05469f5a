"""Chromium, a running instance, and people of the demonstration town who sign in as anybody would."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Playwright, Response, expect

from tests.browser.instance import Instance, running_instance
from tests.look.harness import PATIENCE, launch

PASSWORD = "un tambour bat dans la ville"
SignIn = Callable[[str], BrowserContext]


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with running_instance(tmp_path_factory.mktemp("instance") / "home") as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def sign_in(chromium: Browser, instance: Instance) -> Iterator[SignIn]:
    """`sign_in("nadege.rouault")`: a browser in which somebody chose a password and signed in, once for all tests."""
    contexts: dict[str, BrowserContext] = {}

    def open_context(who: str) -> BrowserContext:
        if who not in contexts:
            contexts[who] = new_context(chromium)
            enter(contexts[who].new_page(), instance.links[who], who)
        return contexts[who]

    yield open_context
    for context in contexts.values():
        context.close()


def new_context(chromium: Browser) -> BrowserContext:
    context = chromium.new_context(locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    return context


def press(button: Locator) -> None:
    """A button or a link that leads to a page: a click alone does not wait for it to be there."""
    with button.page.expect_navigation():
        button.click()


def is_moving(answer: Response) -> bool:
    """Whether the page follows what goes on."""
    return b"data-refresh=" in answer.body()


def open_still(page: Page, url: str) -> None:
    """The page when what it follows is over: at the end it may load itself anew, and nobody can hold it before."""
    for _ in range(20):
        with suppress(Error):  # it is just loading itself anew
            answer = page.goto(url)
            assert answer is not None
            if not is_moving(answer):
                return
        expect(page.locator("[data-refresh]")).to_have_count(0)
    raise AssertionError(f"{url} is never still")


def enter(page: Page, link: str, who: str) -> None:
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    press(page.locator("main form button").last)
    if "/sign-in" in page.url:
        page.locator("input[name=email]").fill(f"{who}@saint-aubin.example")
        page.locator("input[type=password]").fill(PASSWORD)
        press(page.locator("main form button").last)
    assert page.url.endswith("/desk"), page.url
    page.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """A resident: no cookie, nothing remembered."""
    context = new_context(chromium)
    yield context
    context.close()
