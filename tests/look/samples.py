"""The sample pages by name, each a function so that a page that does not render fails alone."""

from collections.abc import Callable
from functools import partial

from playwright.sync_api import Browser, Playwright

from tests.look.harness import rendered

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]

WRONG = {"phone": "Indiquez un téléphone : une personne sur six ne peut pas écrire en ligne."}
ALL_WRONG = {
    "": "Rien n’a été enregistré.",
    **{
        name: f"À corriger : {name}."
        for name in (
            *("name", "postcode", "password", "note", "sector", "edition", "topics", "from", "to", "picture", "agree"),
        )
    },
}
STATUSES = (403, 404, 409, 422, 429, 500, 503)

SAMPLES: dict[str, Callable[[], str]] = {
    "town": partial(rendered, "town.html", staff=None, rooms=[]),
    "reading": partial(rendered, "reading.html", staff=None, rooms=[], language="en"),
    "writing": partial(rendered, "writing.html", errors=WRONG),
    "listing": partial(rendered, "listing.html", notice_bar="L’avis n° 2026-087 est publié ; 812 personnes le recevront."),
    "sending": partial(rendered, "sending.html"),
    "controls": partial(rendered, "controls.html", errors={}),
    "refused": partial(rendered, "controls.html", errors=ALL_WRONG),
    "signin": partial(rendered, "signin.html", staff=None, rooms=[], town=None),
    **{f"error-{status}": partial(rendered, f"errors/{status}.html") for status in STATUSES},
    "error-bare": partial(rendered, "errors/500.html", town=None, staff=None, rooms=[]),
}


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
