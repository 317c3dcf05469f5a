"""Pictures of the style guide, to be looked at: `python -m tests.look.shots DIR [name …]`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.look.harness import launch, show
from tests.look.samples import SAMPLES, policy_of


def main(directory: Path, names: list[str]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name in names or SAMPLES:
            for scheme in ("light", "dark"):
                for width in (1280, 360):
                    size = {"width": width, "height": 800}
                    page = show(
                        browser, SAMPLES[name](), viewport=size, color_scheme=scheme, policy=policy_of(name)
                    ).page
                    page.screenshot(path=directory / f"{name}-{width}-{scheme}.png", full_page=True)
                    page.context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
