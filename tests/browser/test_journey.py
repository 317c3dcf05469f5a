"""The path of a new user: sign in, write, look, approve, send, read the mail, leave by one click, not written to again.

With TAMBOUR_PICTURES=folder the steps are kept as pictures.
"""

import os
import re
import time
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SignIn, open_still, press
from tests.browser.instance import Instance

PICTURES = os.environ.get("TAMBOUR_PICTURES", "")
TITLE = "Coupure de courant jeudi matin rue du Moulin"
BODY = "Le courant est coupé de 9 h à 11 h 30.\n\n## Ce qu’il faut faire\n\n- débranchez les appareils fragiles"


def _keep(page: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png")


def _press(page: Page, action: str) -> None:
    """The button of the form that goes to `action`."""
    press(page.locator(f'form[action$="{action}"] button').first)


def test_a_notice_written_once_reaches_a_mailbox_and_its_reader_leaves(
    instance: Instance, sign_in: SignIn, visitor: BrowserContext
) -> None:
    _join(instance, visitor, "nouvelle.lectrice@example.org")
    number = _write_a_notice(instance, sign_in("yanis.ferrand").new_page())
    _approve_and_publish(instance, sign_in("camille.morel").new_page(), number)
    _find_it_on_the_web(instance, visitor.new_page(), number)
    letter = _compose_a_letter(instance, sign_in("yanis.ferrand").new_page())
    first = _send(instance, sign_in("camille.morel").new_page(), letter)
    mail = _open_mail(instance, visitor.new_page(), "nouvelle.lectrice@example.org", "Lettre du parcours")
    _leave(mail, visitor.new_page())
    second_letter = _compose_a_letter(instance, sign_in("yanis.ferrand").new_page())
    second = _send(instance, sign_in("camille.morel").new_page(), second_letter)
    assert second == first - 1, "who left is not written to any more"


def _join(instance: Instance, visitor: BrowserContext, email: str) -> None:
    page = visitor.new_page()
    page.goto(f"{instance.town}/receive")
    _keep(page, "01-receive")
    page.locator("input[name=email]").fill(email)
    page.locator('input[name="topic_ids"]').first.check()
    page.wait_for_timeout(2500)  # the form believes nobody who answers at once
    press(page.locator("main form button:not(.second)").last)
    confirmation = _open_mail(instance, visitor.new_page(), email, "onfirm")
    link = confirmation.locator('a[href*="/join/"]').first.get_attribute("href")
    assert link
    page.goto(link)
    page.wait_for_timeout(2500)  # nor does the button
    press(page.locator("main form button").first)
    expect(page.locator("h1")).to_be_visible()
    page.close()


def _write_a_notice(instance: Instance, page: Page) -> str:
    page.goto(f"{instance.town}/desk/notices/new")
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=summary]").fill("Travaux sur la ligne, de 9 h à 11 h 30.")
    page.locator("[name=body]").fill(BODY)
    page.locator("[name=contact_phone]").fill("02 61 91 00 10")
    page.locator('[name="topic_ids"]').first.check()
    press(page.locator('main form[method=post] button[value="save"], main form[method=post] button.second').first)
    _keep(page, "02-write")
    press(page.locator("main form[method=post] .buttons button.btn:not(.second)").first)
    found = re.search(r"/desk/notices/(\d+)", page.url)
    assert found, page.url
    page.close()
    return found.group(1)


def _approve_and_publish(instance: Instance, page: Page, notice: str) -> None:
    page.goto(f"{instance.town}/desk/notices/{notice}")
    _keep(page, "03-approve")
    _press(page, f"/notices/{notice}/approval")
    press(page.locator(f'a[href*="/notices/{notice}/publication"]').first)
    _press(page, f"/notices/{notice}/publication")
    page.close()


def _find_it_on_the_web(instance: Instance, page: Page, _notice: str) -> None:
    page.goto(f"{instance.town}/")
    _keep(page, "04-town")
    press(page.get_by_role("link", name=re.compile("Coupure de courant")).first)
    expect(page.locator("h1")).to_contain_text("Coupure de courant")
    _keep(page, "05-notice")
    page.close()


def _compose_a_letter(instance: Instance, page: Page) -> str:
    page.goto(f"{instance.town}/desk/issues/new")
    page.locator("[name=title]").fill("Lettre du parcours")
    page.locator("[name=editorial]").fill("Voici les nouvelles de la semaine.")
    press(page.locator("main form[method=post] button.btn:not(.second)").last)
    found = re.search(r"/desk/issues/(\d+)", page.url)
    assert found, page.url
    _keep(page, "06-letter")
    _press(page, f"/issues/{found.group(1)}/submission")
    page.close()
    return found.group(1)


def _send(instance: Instance, page: Page, letter: str) -> int:
    """Approve and send; gives how many people it left to, when the last of them was accepted."""
    page.goto(f"{instance.town}/desk/issues/{letter}")
    _press(page, f"/issues/{letter}/approval")
    press(page.locator(f'a[href$="/issues/{letter}/sending"]').first)
    _press(page, f"/issues/{letter}/sending")
    assert re.search(r"/desk/mailings/\d+", page.url), page.url
    open_still(page, page.url)
    to_reach, to_send, accepted = (
        int(re.sub(r"\D", "", text)) for text in page.locator("dl.figures dd").all_inner_texts()[:3]
    )
    _keep(page, "07-sending")
    page.close()
    assert to_send == 0, "the letter did not leave"
    assert accepted == to_reach > 0
    return accepted


def _open_mail(instance: Instance, page: Page, address: str, subject: str) -> Page:
    """The newest mail to somebody, opened alone; it may load nothing."""
    row = page.locator("tr", has_text=address).filter(has_text=re.compile(subject)).first
    for _ in range(120):
        page.goto(f"{instance.url}/catcher?q={address}")
        if row.count():
            break
        time.sleep(0.5)
    press(row.locator("a").first)
    _keep(page, "08-mail")
    framed = page.locator("iframe").first.get_attribute("src")
    assert framed
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(framed if framed.startswith("http") else f"{instance.url}{framed}")
    assert len(requests) == 1, requests
    return page


def _leave(mail: Page, page: Page) -> None:
    link = mail.locator('a[href*="/leave/"]').first.get_attribute("href")
    assert link
    page.goto(link)
    _keep(page, "09-leave")
    press(page.locator('main form[action*="/leave/"] button').first)
    _keep(page, "10-left")
    page.close()
