"""What the macros promise, read in the HTML they make; and the budgets that need no browser."""

import re
from pathlib import Path

import pytest

from server.core.templating import FOLDER
from server.web.templates import STATIC
from tests.look.harness import rendered
from tests.look.samples import ALL_WRONG, LETTER, MAIL, SAMPLES, resident

TEMPLATES = [path for path in FOLDER.rglob("*.html") if "email" not in path.parts]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_template_styles_or_scripts_inline(path: Path) -> None:
    words = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]* src=)", words)


def test_the_static_files_are_within_their_budgets() -> None:
    assert (STATIC / "tambour.css").stat().st_size <= 14_000
    assert (STATIC / "desk.css").stat().st_size <= 8_000
    assert sum(path.stat().st_size for path in (STATIC / "js").glob("*.js")) <= 15_000


def test_what_was_typed_is_kept_and_escaped() -> None:
    html = SAMPLES["refused"]()
    assert 'value="Éléonore « d’Aubigné » &lt;b&gt;"' in html
    assert ">\n\nune ligne vide d’abord</textarea>" in html
    assert '<option value="2" selected>' in html
    assert 'value="31/02/2026"' in html
    assert "never shown" not in html


@pytest.mark.parametrize("name", [name for name in ALL_WRONG if name])
def test_an_error_stands_in_the_summary_and_at_its_field(name: str) -> None:
    html = SAMPLES["refused"]()
    assert f'<a href="#f-{name}">{ALL_WRONG[name]}</a>' in html
    assert f'id="f-{name}-error"' in html
    assert len(re.findall(rf'<(?:input|textarea|select)[^>]* id="f-{name}"|id="f-{name}" ', html)) >= 1


def test_fields_that_may_stay_empty_say_so() -> None:
    html = SAMPLES["writing"]()
    assert html.count("(optional)") == 1


def test_a_bar_says_in_words_what_it_shows() -> None:
    html = SAMPLES["sending"]()
    assert 'role="img" aria-label="812 acceptés, 61 différés, 14 refusés, 113 à envoyer"' in html
    assert 'x="81.2%" width="6.1%"' in html


def test_a_form_that_posts_carries_the_token() -> None:
    for name in ("writing", "controls", "signin", "sending"):
        html = SAMPLES[name]()
        assert html.count('method="post"') == html.count('name="csrf_token"')


def test_without_staff_there_is_no_navigation() -> None:
    assert "<nav" not in SAMPLES["signin"]()


def test_an_error_page_stands_without_a_town() -> None:
    html = SAMPLES["error-bare"]()
    assert "A fault on our side" in html
    assert "/look" not in html


@pytest.mark.parametrize("status", [403, 404, 409, 422, 429, 500, 503])
def test_an_error_page_shows_the_telephone_and_what_happened(status: int) -> None:
    html = resident(f"errors/{status}.html", message="Berthe l’a fait avant vous.")
    assert 'href="tel:0500000000"' in html
    assert '<p class="lead">Berthe l’a fait avant vous.</p>' in html


def test_the_mail_and_its_twin_say_the_same() -> None:
    html = rendered("email/base.html", body=LETTER, **MAIL)
    text = rendered("email/base.txt", body="Bonjour, voici les avis & la suite.", **MAIL)
    footer = MAIL["footer"]
    assert isinstance(footer, dict)
    for part in ("leave_url", "preferences_url", "phone", "dpo_contact"):
        assert footer[part] in html
        assert footer[part] in text
    assert "avis & la suite" in text
    assert '<html lang="fr">' in html
    assert '<body lang="fr"' in html
    assert max(map(len, text.splitlines())) <= 78
