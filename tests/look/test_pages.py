"""Every macro on a page, seen by axe and by small screens, in both schemes, under the application's policy."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.look.harness import show
from tests.look.samples import SAMPLES, policy_of

pytestmark = pytest.mark.browser

# A mail is shown inside somebody else's page. In the dark axe takes the ground, which a mail leaves to its reader, as white.
NOT_FOR_MAILS = {"light": ("region", "landmark-one-main"), "dark": ("region", "landmark-one-main", "color-contrast")}
# A page that follows a sending asks for news after two seconds, which a busy machine may take to look at it.
OVER = {"/mailings/12/progress": lambda _request: {"body": '<div id="progress"></div>', "content_type": "text/html"}}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SMALL_TARGETS = """[...document.querySelectorAll(
  'button, .btn, input:not([type=hidden], [type=checkbox], [type=radio]), select, .tick label, nav:not(.trail) a'
)].filter(each => each.getBoundingClientRect().height < 43.5).map(each => each.outerHTML)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", SAMPLES)
def test_axe_finds_nothing(chromium: Browser, name: str, width: int, scheme: str) -> None:
    size = {"width": width, "height": 800}
    shown = show(chromium, SAMPLES[name](), answers=OVER, viewport=size, color_scheme=scheme, policy=policy_of(name))
    rules = {rule: {"enabled": False} for rule in NOT_FOR_MAILS[scheme]} if name == "mail" else {}
    found = Axe().run(shown.page, options={"rules": rules})
    shown.page.context.close()
    assert found.violations_count == 0, found.generate_report()
    assert shown.complaints == []


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_scrolls_sideways_at_320_pixels(chromium: Browser, name: str) -> None:
    size = {"width": 320, "height": 256}  # also what 1280 pixels are at 400 %
    shown = show(chromium, SAMPLES[name](), viewport=size, policy=policy_of(name))
    fits = shown.page.evaluate(FITS)
    shown.page.context.close()
    assert fits


@pytest.mark.parametrize("name", ["town", "listing", "refused", "signin"])
def test_targets_are_44_pixels_high(chromium: Browser, name: str) -> None:
    shown = show(chromium, SAMPLES[name](), viewport={"width": 360, "height": 800})
    small = shown.page.evaluate(SMALL_TARGETS)
    shown.page.context.close()
    assert small == []


def test_a_focused_element_has_a_ring_of_3_pixels(chromium: Browser) -> None:
    page = show(chromium, SAMPLES["signin"]()).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Tab")
    ring = page.evaluate(
        "(({outlineWidth, outlineStyle}) => outlineWidth + outlineStyle)(getComputedStyle(document.activeElement))"
    )
    page.context.close()
    assert ring == "3pxsolid"


def test_the_summary_leads_to_the_field(chromium: Browser) -> None:
    page = show(chromium, SAMPLES["writing"]()).page
    assert page.evaluate("document.activeElement.className") == "summary"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#f-phone")).to_be_focused()
    assert page.get_by_role("textbox", name="Téléphone").get_attribute("aria-describedby") == "f-phone-error"
    assert page.title().startswith("Error: ")
    page.context.close()


def test_a_public_page_is_light_and_needs_no_script(chromium: Browser) -> None:
    shown = show(chromium, SAMPLES["town"](), java_script_enabled=False)
    shown.page.context.close()
    assert len(shown.weights) <= 6
    assert sum(shown.weights.values()) <= 40_000
    assert not any(path.endswith(".js") for path in shown.weights)


def test_a_staff_page_is_within_its_budget(chromium: Browser) -> None:
    shown = show(chromium, SAMPLES["writing"]())
    shown.page.context.close()
    assert sum(shown.weights.values()) <= 120_000


def test_a_mail_loads_nothing(chromium: Browser) -> None:
    shown = show(chromium, SAMPLES["mail"](), policy="")
    shown.page.context.close()
    assert list(shown.weights) == ["/page"]
    assert shown.weights["/page"] <= 60_000
