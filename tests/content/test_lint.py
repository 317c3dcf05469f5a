"""The linter names what keeps a notice from being published, and where."""

import json

import pytest

from server.content.lint import Facts, Finding, Severity, has_blocking, lint
from server.content.markdown import parse
from server.core.i18n import translate
from tests.content.example_of_pattern import example_address
from tests.content.readings import mail_samples, vendor_patterns
from tests.content.test_trackers import HONEST

REACHABLE = Facts(contact_phone="05 00 00 00 00")


def findings(text: str, facts: Facts = REACHABLE) -> list[Finding]:
    return lint(parse(text), facts)


def codes(text: str, facts: Facts = REACHABLE) -> list[str]:
    return [finding.code for finding in findings(text, facts)]


@pytest.mark.parametrize(
    ("text", "code", "severity"),
    [
        ("[plan](https://a.fr/?utm_source=x)", "tracker-tag", Severity.BLOCKING),
        ("https://a.fr/?fbclid=x", "tracker-tag", Severity.BLOCKING),
        ("[plan](https://bit.ly/x)", "tracker-shortener", Severity.BLOCKING),
        ("voir bit.ly/x", "tracker-shortener", Severity.BLOCKING),
        ("[plan](https://a.fr/?url=https://b.fr)", "tracker-redirect", Severity.BLOCKING),
        ("[plan](https://click.a.fr/x)", "tracker-counter", Severity.BLOCKING),
        ("[plan](https://a.fr/x?e=jean@b.fr)", "tracker-personal", Severity.BLOCKING),
        ("[plan](https://a.fr/1.gif)", "tracker-pixel", Severity.BLOCKING),
        ("**[plan](https://bit.ly/x)**", "tracker-shortener", Severity.BLOCKING),
        ("# [plan](https://bit.ly/x)", "tracker-shortener", Severity.BLOCKING),
        ("- > [plan](https://bit.ly/x)", "tracker-shortener", Severity.BLOCKING),
        ("| h |\n|---|\n| [plan](https://bit.ly/x) |", "tracker-shortener", Severity.BLOCKING),
        ("![plan](https://a.fr/plan.png)", "picture-elsewhere", Severity.BLOCKING),
        ("![plan](//a.fr/plan.png)", "picture-elsewhere", Severity.BLOCKING),
        ("![plan](plan.png)", "picture-elsewhere", Severity.BLOCKING),
        ("![plan](data:image/png;base64,x)", "picture-elsewhere", Severity.BLOCKING),
        ("![](picture:1)", "picture-without-words", Severity.BLOCKING),
        ("![ ](picture:1)", "picture-without-words", Severity.BLOCKING),
        ("![IMG_2024.JPG](picture:1)", "picture-words-are-file-name", Severity.BLOCKING),
        ("[](https://a.fr)", "link-without-words", Severity.BLOCKING),
        ("[ ](https://a.fr)", "link-without-words", Severity.BLOCKING),
        ("[cliquez ici](https://a.fr)", "link-words-vague", Severity.ADVICE),
        ("[En savoir plus…](https://a.fr)", "link-words-vague", Severity.ADVICE),
        ("[**Plus d’infos**](https://a.fr)", "link-words-vague", Severity.ADVICE),
        ("[Click here!](https://a.fr)", "link-words-vague", Severity.ADVICE),
        ("### a", "heading-jump", Severity.BLOCKING),
        ("## a\n\n#### b", "heading-jump", Severity.BLOCKING),
        ("| | |\n|---|---|\n| a | b |", "table-without-headers", Severity.ADVICE),
        ("<b>a</b>", "html-as-words", Severity.ADVICE),
    ],
)
def test_a_fault_is_found(text: str, code: str, severity: Severity) -> None:
    found = {finding.code: finding for finding in findings(text)}
    assert code in found
    assert found[code].severity is severity
    assert found[code].line
    assert translate(found[code].message, "en")


@pytest.mark.parametrize(
    "text",
    [
        "# a\n\n### b\n\n#### c\n\n## d\n\n### e",
        "![Plan de la rue](picture:12)",
        "[le plan des travaux](https://a.fr)",
        "a@b.fr, 05 00 00 00 00, c/o M. Petit, 9 h/12 h, et/ou, a < b",
        "[05 00 00 00 00](tel:0500000000)",
        "",
    ],
)
def test_a_good_text_has_no_finding(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize("address", HONEST)
def test_honest_links_do_not_block(address: str) -> None:
    assert not has_blocking(findings(f"[le plan]({address}) {address}"))


def test_findings_stand_in_reading_order_with_their_lines() -> None:
    text = "### a\n\n[](https://a.fr)\n\n- b\n- ![](picture:1)\n\n##### c"
    assert [(finding.code, finding.line) for finding in findings(text)] == [
        ("heading-jump", 1),
        ("link-without-words", 3),
        ("picture-without-words", 6),
    ]


@pytest.mark.parametrize(
    ("phone", "missing"), [("", True), ("mairie", True), ("3919", False), ("+33 5 00 00 00 00", False)]
)
def test_a_telephone_number_is_asked_for(phone: str, missing: bool) -> None:
    found = findings("a", Facts(contact_phone=phone))
    assert [(finding.code, finding.field) for finding in found] == [("phone-missing", "contact_phone")] * missing
    assert has_blocking(found) is missing


def test_addresses_in_other_fields_are_judged_there() -> None:
    found = findings("a", Facts("3919", {"summary": "voir https://bit.ly/x", "place": "rue du Lavoir"}))
    assert [(finding.code, finding.field, finding.excerpt) for finding in found] == [
        ("tracker-shortener", "summary", "https://bit.ly/x")
    ]


def test_the_sentence_names_what_was_found() -> None:
    (finding,) = findings("[plan](https://a.fr/?utm_source=x)")
    assert "utm_source" in translate(finding.message, "en")
    assert finding.excerpt == "https://a.fr/?utm_source=x"


def test_bodies_of_mails_pasted_as_text_are_judged_as_they_are_labelled() -> None:
    wrong = [
        sample for sample in mail_samples() if has_blocking(findings(sample["html"])) != (sample["label"] != "clean")
    ]
    assert wrong == []


def test_links_of_known_vendors_do_not_get_into_a_notice() -> None:
    missed = [
        pattern
        for _, pattern in vendor_patterns()
        if not has_blocking(findings(f"[le plan](<{example_address(pattern)}>)"))
    ]
    assert len(missed) / len(vendor_patterns()) < 0.12, missed


def test_pictures_of_known_vendors_never_get_into_a_notice() -> None:
    kept = [
        pattern for _, pattern in vendor_patterns() if not has_blocking(findings(f"![a](<{example_address(pattern)}>)"))
    ]
    assert kept == []


def test_findings_can_be_sent_as_json() -> None:
    (finding,) = findings("[](https://a.fr)")
    assert json.loads(json.dumps([finding.code, finding.severity, finding.line])) == [
        "link-without-words",
        "blocking",
        1,
    ]
