"""Somebody at a keyboard: what they press is counted."""

from playwright.sync_api import Page

KEYS_A_SECOND = 2.5
"""Of somebody who types with a pencil's sheet beside the keyboard."""


class Keyboard:
    """Counts what is pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.count += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.count += len(words)

    def tab_to(self, name: str) -> None:
        """As far as the field of this name."""
        self._tab_until("element => element.name", name)

    def tab_to_words(self, words: str) -> None:
        """As far as the link or the button that says this."""
        self._tab_until("element => element.textContent.trim()", words)

    def _tab_until(self, asked: str, wanted: str) -> None:
        for _ in range(60):
            if self.page.evaluate(f"({asked})(document.activeElement)") == wanted:
                return
            self.press("Tab")
        raise AssertionError(f"nobody gets to {wanted} by keyboard")
