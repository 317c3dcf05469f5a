"""`tambour demo`: texts become notices, and everything that is promised lies in the folder, or it says what is missing."""

import json
import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.corpora import corpus
from workers.__main__ import app
from workers.demo.reading import MAX_SUMMARY, MAX_TITLE, heading_of, pieces


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("3. Garantir un service public humain", "Garantir un service public humain"),
        ("12) Déchets verts", "Déchets verts"),
        ("## Travaux", "Travaux"),
        ("SIGNATAIRES :", "Signataires"),
        ("La mairie est fermée.", ""),
        ("2. Cette phrase est un point d’une liste, et non un titre.", ""),
        ("- un point", ""),
        ("", ""),
    ],
)
def test_a_heading_is_recognised(line: str, title: str) -> None:
    assert heading_of(line) == title


def test_numbered_sections_become_notices() -> None:
    found = pieces("Un mot d’abord.\n\n1. Eau\nElle est coupée lundi. Jusqu’à midi.\n\n2. École\nElle ouvre mardi.\n")
    assert [piece.title for piece in found] == ["Un mot d’abord", "Eau", "École"]
    assert found[1].summary == "Elle est coupée lundi"
    assert found[1].body == "Elle est coupée lundi. Jusqu’à midi."


def test_without_sections_each_paragraph_is_a_notice() -> None:
    found = pieces("Premier paragraphe.\nSuite.\n\n\nSecond paragraphe ?\n- un\n- deux\n")
    assert [piece.title for piece in found] == ["Premier paragraphe", "Second paragraphe ?"]
    assert found[1].body == "Second paragraphe ?\n\n- un\n- deux"


def test_long_sentences_are_cut_at_a_word() -> None:
    [piece] = pieces("mot " * 500)
    assert len(piece.title) <= MAX_TITLE
    assert len(piece.summary) <= MAX_SUMMARY
    assert piece.title.endswith("mot…")


@pytest.mark.parametrize("text", ["", "\n\n  \n", "\ufeff"])
def test_nothing_is_no_notice(text: str) -> None:
    assert pieces(text) == []


@pytest.mark.long
def test_from_a_text_to_mails_pages_and_posters(tmp_path: Path) -> None:
    text = corpus("texts/desescalade-numerique.txt")
    result = CliRunner().invoke(app, ["demo", "--out", str(tmp_path), "--text", str(text)])
    assert result.exit_code == 0, result.output
    summary = json.loads((tmp_path / "summary.json").read_text())
    mails = sorted((tmp_path / "mail").glob("*.eml"))
    assert summary["accepted"] == summary["reached"]["email"] == len(mails) > 50
    assert summary["people"] > summary["accepted"]
    assert summary["posters"] == summary["notices"] == len(list((tmp_path / "paper").glob("*.pdf"))) == 12
    _it_can_be_read_offline(tmp_path / "web", summary["pages"])
    message = message_from_bytes(mails[0].read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    assert "service public humain" in body.get_content()


def _it_can_be_read_offline(folder: Path, pages: int) -> None:
    saved = list(folder.rglob("*.html"))
    assert len(saved) == pages > 12
    for page in saved:
        sheets = re.findall(r'rel="stylesheet" href="([^"]+)"', page.read_text())
        assert sheets
        assert all((page.parent / sheet).is_file() for sheet in sheets), page


def test_a_list_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Un avis.")
    (tmp_path / "people.csv").write_text("ceci n’est pas une liste")
    command = ["demo", "--out", str(tmp_path / "out"), "--text", str(tmp_path / "text.txt")]
    result = CliRunner().invoke(app, [*command, "--residents", str(tmp_path / "people.csv")])
    assert result.exit_code == 1
    assert "names nobody" in result.output
    assert "Traceback" not in result.output


def test_a_tracker_in_the_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("1. Eau\nLisez https://example.org/page?utm_source=lettre pour le détail.")
    result = CliRunner().invoke(app, ["demo", "--out", str(tmp_path / "out"), "--text", str(tmp_path / "text.txt")])
    assert result.exit_code == 1
    assert "utm_source" in result.output


@pytest.mark.parametrize("content", [None, b""])
def test_a_text_that_is_missing_or_empty_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "text.txt"
    if content is not None:
        path.write_bytes(content)
    result = CliRunner().invoke(app, ["demo", "--out", str(tmp_path / "out"), "--text", str(path)])
    assert result.exit_code == 1
    assert str(path) in result.output.replace("\n", "")
