"""At the counter: a round of nine boards is keyed in without a mouse, all as planned but for two exceptions."""

import re
import time

from tests.browser.conftest import SignIn, press
from tests.browser.instance import Instance
from tests.browser.keyboard import KEYS_A_SECOND, Keyboard

MOST_SECONDS = 120


def test_a_round_is_keyed_in_within_two_minutes(instance: Instance, sign_in: SignIn) -> None:
    """Keys are counted for the round that is there, then reckoned for nine boards of five sheets."""
    page = sign_in("odile.baudry").new_page()
    page.goto(f"{instance.town}/desk/boards/rounds")
    press(page.locator("table").last.get_by_role("link").first)
    page.goto(f"{page.url.split('?')[0]}/return")
    boards = page.locator("fieldset.keyed").count()
    lines = page.locator(".keyed .line select").count()
    keyboard = Keyboard(page)
    began = time.monotonic()
    page.locator("[name=initials]").focus()
    keyboard.type("T. G.")
    names = page.locator(".keyed input[name^=time]").evaluate_all("all => all.map(one => one.name)")
    for at, name in enumerate(names):
        keyboard.tab_to(name)
        keyboard.type(f"{9 + at // 4}h{15 * (at % 4):02}")
    last = page.locator(".keyed .line select").last.get_attribute("name")
    keyboard.tab_to(str(last))
    keyboard.press("ArrowDown")
    keyboard.press("Tab")
    keyboard.press("Enter")
    page.wait_for_url(re.compile(r"rounds/\d+\?said="))
    assert time.monotonic() - began < MOST_SECONDS
    per_board = (keyboard.count - lines) / boards
    assert (9 * per_board + 45) / KEYS_A_SECOND < MOST_SECONDS
