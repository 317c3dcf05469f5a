"""A clerk's quarter of an hour: a pile of signed forms, typed without a mouse, each keystroke and each answer counted."""

import statistics
import sys
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.instance import Instance

FORMS = 20
MOST_KEYS = 60
"""Besides names: what a form of the archive costs a clerk who types as on a typewriter."""
_FIRST = ("Odette", "Marcel", "Zoé", "Hélène", "Aimé")
_LAST = ("Vauquelin", "Œuvrard", "Le Gall", "Pommier")


@dataclass
class Keyboard:
    """The keys of one form: those of names apart, for nobody can shorten a name."""

    page: Page
    keys: int = 0
    of_names: int = 0
    answers: list[float] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, words: str, *, name: bool = False) -> None:
        self.page.keyboard.type(words)
        self.keys += 0 if name else len(words)
        self.of_names += len(words) if name else 0

    def go_to(self, field_name: str) -> None:
        """By Tab alone, as often as it takes."""
        for _ in range(12):
            if self.page.evaluate("document.activeElement.name") == field_name:
                return
            self.press("Tab")
        raise AssertionError(f"{field_name} is too many keys away")


@pytest.fixture
def pile(instance: Instance, sign_in: SignIn) -> Page:
    page = sign_in("odile.baudry").new_page()
    page.goto(f"{instance.town}/desk/residents/forms")
    page.locator("[name=box]").fill("Boîte de novembre")
    page.locator("[name=expected]").fill(str(FORMS))
    page.locator("[name=expected]").press("Enter")
    expect(page.locator("[name=form_number]")).to_be_focused()
    return page


def test_twenty_forms_by_keyboard_alone(pile: Page) -> None:
    keys, times = [], []
    pile.on("response", lambda answer: times.append(answer.request.timing["responseStart"]))
    for number in range(FORMS):
        keyboard = Keyboard(pile)
        _key_form(keyboard, number)
        keys.append(keyboard.keys)
    pile.goto(pile.url.partition("/next")[0])
    expect(pile.locator("main")).to_contain_text(f"{FORMS}")
    expect(pile.locator("main tbody tr")).to_have_count(FORMS)
    expect(pile.locator("main tbody")).to_contain_text("Odette Vauquelin")
    slowest = statistics.quantiles([one for one in times if one > 0], n=20)[-1]
    figures = f"{statistics.mean(keys):.0f} keys a form besides names, {max(keys)} at most; {slowest:.0f} ms an answer"
    assert max(keys) <= MOST_KEYS, figures
    sys.stderr.write(f"{FORMS} forms: {figures}\n")


def _key_form(keyboard: Keyboard, number: int) -> None:
    page = keyboard.page
    expect(page.locator("[name=form_number]")).to_be_focused()
    if number == 0:
        keyboard.write("P-0001")
        keyboard.press("Tab")
        keyboard.write("20/11/2026")
    keyboard.go_to("is_signed")
    keyboard.press("Space")
    keyboard.go_to("name")
    keyboard.write(f"{_FIRST[number % 5]} {_LAST[number % 4]}", name=True)
    keyboard.go_to("address_street")
    expect(page.locator("[name=address_street]")).to_have_role("combobox")  # its script is there
    keyboard.write(f"{number + 1} lav")
    line = f"{number + 1} rue du Lavoir"
    expect(page.get_by_role("option").first).to_have_text(line)
    keyboard.press("ArrowDown", "Enter")
    expect(page.locator("[name=address_street]")).to_have_value(line)
    keyboard.go_to("phone")
    keyboard.write(f"02545566{number:02}")
    if number == 0:
        keyboard.go_to("wants")
        keyboard.press("ArrowDown", "ArrowDown", "ArrowDown")
    with page.expect_navigation():
        keyboard.press("Enter")
