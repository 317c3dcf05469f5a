"""Somebody who has never seen the page lets an exercise leave, alone and without a mouse: screens and keys are counted."""

import re

from tests.browser.conftest import PASSWORD, SignIn, open_still, press
from tests.browser.instance import Instance
from tests.browser.keyboard import KEYS_A_SECOND, Keyboard

MOST_SECONDS = 120
READING = 20
"""Seconds to take in a page that one has never seen."""


def test_an_exercise_leaves_within_two_minutes(instance: Instance, sign_in: SignIn) -> None:
    page = sign_in("camille.morel").new_page()
    page.goto(f"{instance.town}/desk")
    screens, keyboard = [page.url], Keyboard(page)
    keyboard.tab_to_words("Avis urgent")
    keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/urgent/new"))
    screens.append(page.url)
    keyboard.tab_to("where_text")
    keyboard.type("rue du Lavoir")
    keyboard.tab_to("is_exercise")
    keyboard.press("Space")
    keyboard.press("Enter")  # from a field it sends the form, as everywhere
    page.wait_for_url(re.compile(r"/desk/urgent/\d+\?said=urgent-written"))
    screens.append(page.url)
    assert "EXERCICE" in page.inner_text("main")
    keyboard.tab_to("password")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/urgent/\d+\?said=urgent-sent"))
    open_still(page, page.url)
    keys = f"{keyboard.count} keys on {len(screens)} screens"
    assert keyboard.count / KEYS_A_SECOND + READING * len(screens) < MOST_SECONDS, keys
    press(page.locator('a[href$="/report"]'))
    assert "camille.morel@saint-aubin.example" in page.inner_text("main"), "a report says who received it"
    page.close()
