"""The scripts, in a browser, against answers the application would give."""

import json
import re
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.look.harness import Shown, rendered, show
from tests.look.samples import SAMPLES

pytestmark = pytest.mark.browser

DRAFT = "/notices/87/draft"
RENDERINGS = "/notices/87/renderings"


def _writing(chromium: Browser, answer: dict[str, Any], sent: list[dict[str, list[str]]]) -> Shown:
    def draft(request: Request) -> dict[str, Any]:
        sent.append(parse_qs(request.post_data or ""))
        return answer

    def renderings(_request: Request) -> dict[str, Any]:
        return {"body": '<p id="fit">169 mots</p>', "content_type": "text/html"}

    page = rendered("writing.html", errors={})
    shown = show(chromium, page, answers={DRAFT: draft, RENDERINGS: renderings}, is_clock_ours=True)
    _comforted(shown.page, "autosave", "marks", "preview")
    return shown


def _comforted(page: Page, *names: str) -> None:
    """These scripts are at the page's side: who types before is not heard."""
    page.evaluate(
        """names => {
        const beside = document.querySelector("script[type=module]").src;
        return Promise.all(names.map(name => import(new URL(`${name}.js`, beside)))).then(() => true); }""",
        names,
    )


def _a_rest(page: Page) -> None:
    """Longer than the scripts wait for; whatever they ask for then has been asked for when this is over."""
    page.clock.run_for(2500)
    page.evaluate("() => fetch('/page').then(answer => answer.status)")


def _json(body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    return {"status": status, "body": json.dumps(body), "content_type": "application/json"}


def _status(page: Page) -> Any:
    return page.locator("[data-saved]")


def test_a_draft_is_saved_after_a_rest(chromium: Browser) -> None:
    sent: list[dict[str, list[str]]] = []
    page = _writing(chromium, _json({"revision": 4, "saved_at_text": "enregistré à 9 h 43"}), sent).page
    page.fill("#f-title", "Collecte décalée")
    assert "Collecte décalée" in page.evaluate("sessionStorage.getItem(`autosave:/notices/87/draft`)")
    assert sent == []
    _a_rest(page)
    expect(_status(page)).to_have_text("enregistré à 9 h 43")
    assert sent[0]["revision"] == ["3"]
    assert sent[0]["csrf_token"] == ["t"]
    assert page.locator("[name=revision]").input_value() == "4"
    assert page.evaluate("sessionStorage.length") == 0
    page.context.close()


def test_what_is_new_has_its_address_once_it_is_saved(chromium: Browser) -> None:
    page = _writing(chromium, _json({"revision": 1, "saved_at_text": "ok", "url": "/notices/88/text"}), []).page
    page.fill("#f-title", "Collecte décalée")
    _a_rest(page)
    expect(page).to_have_url(re.compile(r"/notices/88/text$"))
    expect(page.locator("#f-title")).to_have_value("Collecte décalée")
    page.context.close()


def test_what_keeps_a_draft_from_being_saved_is_said(chromium: Browser) -> None:
    answer = _json({"title": "Certaines réponses sont à corriger.", "fields": {"title": "Donnez un titre."}}, 422)
    page = _writing(chromium, answer, []).page
    page.fill("#f-title", "")
    _a_rest(page)
    expect(_status(page)).to_have_text("Donnez un titre.")
    page.context.close()


def test_a_conflict_is_said_and_leads_to_the_other_version(chromium: Browser) -> None:
    sent: list[dict[str, list[str]]] = []
    answer = _json({"message": "Berthe a enregistré avant vous.", "url": "/notices/87/compare"}, 409)
    page = _writing(chromium, answer, sent).page
    page.fill("#f-title", "Mon titre")
    _a_rest(page)
    link = _status(page).get_by_role("link", name="Berthe a enregistré avant vous.")
    expect(link).to_have_attribute("href", "/notices/87/compare")
    page.fill("#f-title", "Mon titre, encore")
    _a_rest(page)
    assert len(sent) == 1
    assert "Mon titre, encore" in page.evaluate("sessionStorage.getItem(`autosave:/notices/87/draft`)")
    page.context.close()


def test_text_that_was_not_saved_comes_back_after_a_reload(chromium: Browser) -> None:
    page = _writing(chromium, {"status": 503, "body": ""}, []).page
    page.fill("#f-title", "Pas encore enregistré")
    _a_rest(page)
    expect(_status(page)).to_contain_text("Not saved")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#f-title")).to_have_value("Pas encore enregistré")
    page.context.close()


def test_text_from_an_older_revision_is_offered_not_forced(chromium: Browser) -> None:
    page = _writing(chromium, {"status": 503, "body": ""}, []).page
    kept = {"revision": "2", "entries": [["title", "Ancien titre"]]}
    page.evaluate("kept => sessionStorage.setItem(`autosave:/notices/87/draft`, JSON.stringify(kept))", kept)
    page.reload()
    expect(page.locator("#f-title")).to_have_value("Collecte des déchets verts décalée au jeudi 26")
    page.get_by_role("button", name="Put back what I typed").click()
    expect(page.locator("#f-title")).to_have_value("Ancien titre")
    page.context.close()


def test_marks_are_put_by_buttons_and_rows_of_a_spreadsheet_become_a_table(chromium: Browser) -> None:
    page = _writing(chromium, _json({"revision": 4, "saved_at_text": "ok"}), []).page
    text = page.locator("#f-body")
    text.fill("Horaires")
    text.select_text()
    page.get_by_role("button", name="Bold").click()
    page.get_by_role("button", name="List").click()
    expect(text).to_have_value("**Horaires**\n\n- List\n\n")
    text.fill("")
    text.evaluate(
        """field => { const data = new DataTransfer(); data.setData("text/plain", "Jour\\tHeure\\r\\nlundi\\t9 h\\r\\n");
        field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }"""
    )
    expect(text).to_have_value("| Jour | Heure |\n| --- | --- |\n| lundi | 9 h |\n\n")
    page.context.close()


def test_the_preview_follows_the_text(chromium: Browser) -> None:
    shown = _writing(chromium, _json({"revision": 4, "saved_at_text": "ok"}), [])
    shown.page.fill("#f-body", "Un mot de plus")
    _a_rest(shown.page)
    expect(shown.page.locator("#fit")).to_have_text("169 mots")
    assert shown.complaints == []
    shown.page.context.close()


def test_progress_moves_and_stops_at_the_end(chromium: Browser) -> None:
    asked: list[str] = []

    def progress(request: Request) -> dict[str, Any]:
        asked.append(request.url)
        more = ' data-refresh="/mailings/12/progress"' if len(asked) < 2 else ""
        return {
            "body": f'<div id="progress"{more}>{len(asked)} partis</div>',
            "content_type": "text/html; charset=utf-8",
        }

    page = show(chromium, SAMPLES["sending"](), answers={"/mailings/12/progress": progress}, is_clock_ours=True).page
    _comforted(page, "progress")
    for said in ("1 partis", "2 partis"):
        _a_rest(page)
        expect(page.locator("#progress")).to_have_text(said)
    _a_rest(page)
    assert len(asked) == 2
    page.context.close()


def test_a_list_is_put_in_order_by_keyboard(chromium: Browser) -> None:
    page = show(chromium, SAMPLES["controls"]()).page
    button = page.get_by_role("button", name="Move down Coupure d’eau")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(page.locator(".ordering .what")).to_have_text(["Déchets verts", "Réunion publique", "Coupure d’eau"])
    assert page.locator("[name=order-1]").input_value() == "3"
    expect(page.get_by_role("status").last).to_have_text("Coupure d’eau: place 3 of 3")
    page.context.close()


def test_a_list_is_put_in_order_by_dragging(chromium: Browser) -> None:
    page = show(chromium, SAMPLES["controls"]()).page
    items = page.locator(".ordering > li")
    expect(items.first).to_have_attribute("draggable", "true")
    items.nth(2).drag_to(items.first, target_position={"x": 20, "y": 2})
    expect(page.locator(".ordering .what").first).to_have_text("Réunion publique")
    expect(page.locator("[name=order-3]")).to_have_value("1")
    page.context.close()


def test_without_script_the_order_is_typed(chromium: Browser) -> None:
    page = show(chromium, SAMPLES["controls"](), java_script_enabled=False).page
    expect(page.get_by_label("Place of “Déchets verts”")).to_have_value("2")
    page.context.close()
