"""The pictures of the README, taken anew of a demonstration town: `python -m tests.browser.pictures`, then look at them."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.conftest import enter
from tests.browser.instance import ROOT, running_instance
from tests.look.harness import launch

PICTURES = ROOT / "docs" / "pictures"
_SEEN: ViewportSize = {"width": 1280, "height": 1000}
_KEPT = (960, 750)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_instance(Path(folder) / "home") as instance,
        _chromium() as browser,
    ):
        visitor = browser.new_context(locale="fr-FR", viewport=_SEEN)
        _take(visitor.new_page(), f"{instance.town}/", "town")
        staff = browser.new_context(locale="fr-FR", viewport=_SEEN)
        enter(staff.new_page(), instance.links["nadege.rouault"], "nadege.rouault")
        page = staff.new_page()
        page.goto(f"{instance.town}/desk/notices?state=published")
        page.get_by_role("link", name="La Grande-Rue fermée").click()
        _take(page, f"{page.url}/text", "writing")
        page.goto(f"{instance.town}/desk/mailings")
        page.locator("main tbody a").first.click()
        _take(page, page.url, "sending")


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def _take(page: Page, url: str, name: str) -> None:
    page.goto(url, wait_until="networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").resize(_KEPT, Image.Resampling.LANCZOS)
    picture.quantize(128).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
