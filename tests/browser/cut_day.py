"""A day at a town hall whose line is cut, in Chromium: everything but mail works and says so; then the line is back.

Run as a program, so that it can be started where no network exists at all.
"""

import re
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import enter, new_context, open_still, press
from tests.browser.instance import Instance, free_port, running_instance
from tests.look.harness import launch

FIRST, LATER = "Coupure d’eau rue du Lavoir", "L’eau revient vers 18 h."
PAGES = ("/", "/notices", "/agenda", "/letters", "/receive", "/urgent.txt")
DESK = ("/desk", "/desk/notices", "/desk/mailings", "/desk/boards", "/desk/urgent", "/desk/urgent/reach")


class Relay:
    """What it took, in the order in which it came."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        """To whom, and how the subject begins."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        subject = str(message_from_bytes(envelope.content, policy=default)["Subject"])
        self.taken.append((envelope.rcpt_tos[0], subject.partition(" — ")[0]))
        return "250 OK"


def main() -> None:
    relay_port = free_port()
    settings = {
        "TAMBOUR_SMTP_HOST": "127.0.0.1",
        "TAMBOUR_SMTP_PORT": str(relay_port),
        "TAMBOUR_SMTP_TLS": "none",
        "TAMBOUR_QUIET_HOURS": "",
    }
    with (
        running_instance(Path(sys.argv[1]) / "home", settings) as instance,
        sync_playwright() as playwright,
        launch(playwright) as chromium,
    ):
        yanis, camille = _sign_in(chromium, instance, "yanis.ferrand"), _sign_in(chromium, instance, "camille.morel")
        visitor = chromium.new_page()
        urgent = _write(yanis, instance)
        _send(camille, urgent)
        _everything_works(visitor, camille, instance)
        _paper_comes_out(yanis, urgent)
        follow_up = _say_more(yanis, urgent)
        _send(camille, follow_up)
        expect(camille.locator("#progress [role=status]")).to_contain_text("relais")
        _the_line_is_back(camille, [urgent, follow_up], relay_port)


def _sign_in(chromium: Browser, instance: Instance, who: str) -> Page:
    context = new_context(chromium)
    enter(context.new_page(), instance.links[who], who)
    return context.new_page()


def _write(page: Page, instance: Instance) -> str:
    page.goto(f"{instance.town}/desk/urgent/new")
    page.locator("[name=title]").fill(FIRST)
    return _read_over(page)


def _say_more(page: Page, urgent: str) -> str:
    page.goto(f"{urgent}/next/update")
    page.locator("[name=what]").fill(LATER)
    return _read_over(page)


def _read_over(page: Page) -> str:
    press(page.locator("main form[method=post] .buttons button").first)
    assert re.search(r"/desk/urgent/\d+", page.url), page.url
    return page.url.partition("?")[0]


def _send(page: Page, urgent: str) -> None:
    page.goto(urgent)
    press(page.locator('form[action$="/sending"] button').first)
    assert "said=urgent-sent" in page.url, page.url


def _everything_works(visitor: Page, staff: Page, instance: Instance) -> None:
    for page, paths in ((visitor, PAGES), (staff, DESK)):
        for path in paths:
            answer = page.goto(instance.town + path)
            assert answer is not None
            assert answer.status == 200, path
            if page is visitor:
                assert FIRST in page.content(), f"{path} says nothing of it"


def _paper_comes_out(page: Page, urgent: str) -> None:
    page.goto(urgent)
    press(page.locator('form[action$="/kit"] button'))
    open_still(page, page.url)
    url = page.locator('a[href*="/files/"]').first.evaluate("one => one.href")
    assert page.context.request.get(url).body().startswith(b"%PDF-")


def _the_line_is_back(page: Page, messages: list[str], port: int) -> None:
    """Everybody gets the alarm, and then what was said later."""
    relay, got = Relay(), dict[str, list[str]]()
    controller = Controller(relay, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        for urgent in messages:
            open_still(page, urgent)
    finally:
        controller.stop()
    for address, subject in relay.taken:
        got.setdefault(address, []).append(subject)
    assert len(got) > 100
    assert all(subjects == ["Urgent", "Mise à jour"] for subjects in got.values()), got


if __name__ == "__main__":
    main()
