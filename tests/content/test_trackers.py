"""Trackers are found by what they look like; honest links stay."""

import re
import time
import warnings
from pathlib import Path

import pytest

from server.content.finished import find_remote, find_trackers
from server.content.trackers import TrackerKind, find_picture_tracker, find_tracker
from tests.content.example_of_pattern import example_address
from tests.content.readings import mail_samples, vendor_patterns

HONEST = Path(__file__).with_name("honest_links.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("address", HONEST)
def test_an_honest_link_stays(address: str) -> None:
    assert find_tracker(address) is None


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://a.fr/?utm_source=lettre", TrackerKind.TAG),
        ("https://a.fr/?b=1&amp;UTM_Campaign=x", TrackerKind.TAG),
        ("https://a.fr/#utm_medium=email", TrackerKind.TAG),
        ("https://a.fr/?b=1;fbclid=x", TrackerKind.TAG),
        ("https://a.fr/?gclid=x", TrackerKind.TAG),
        ("https://a.fr/?mc_eid=x", TrackerKind.TAG),
        ("https://a.fr/?_hsenc=x", TrackerKind.TAG),
        ("https://a.fr/?mkt_tok=x", TrackerKind.TAG),
        ("https://a.fr/?yclid=x&msclkid=y&igshid=z", TrackerKind.TAG),
        ("https://a.fr/?xtor=EPR-1", TrackerKind.TAG),
        ("https://a.fr/?%75tm_source=x", TrackerKind.TAG),
        ("https://youtu.be/abc?si=x", TrackerKind.TAG),
        ("https://bit.ly/abc", TrackerKind.SHORTENER),
        ("bit.ly/abc", TrackerKind.SHORTENER),
        ("https://maps.app.goo.gl/abc", TrackerKind.SHORTENER),
        ("//t.co/abc", TrackerKind.SHORTENER),
        ("https://mairie.us7.list-manage.com/track/click?u=1", TrackerKind.COUNTER),
        ("https://x.mjt.lu/lnk/abc", TrackerKind.COUNTER),
        ("https://cmail77.com/t/abc", TrackerKind.COUNTER),
        ("https://click.mailing.example.fr/", TrackerKind.COUNTER),
        ("https://example.fr/newsletter/open.php?id=1", TrackerKind.COUNTER),
        ("https://example.fr/email_opened", TrackerKind.COUNTER),
        ("https://example.fr/wf/click?upn=abc", TrackerKind.COUNTER),
        ("https://a.fr/go?url=https%3A%2F%2Fb.fr%2F", TrackerKind.REDIRECT),
        ("https://a.fr/go?url=https%253A%252F%252Fb.fr", TrackerKind.REDIRECT),
        ("https://a.fr/go/https://b.fr/", TrackerKind.REDIRECT),
        ("https://a.fr/go?to=aHR0cHM6Ly9iLmZy", TrackerKind.REDIRECT),
        ("https://www.google.com/url?q=https://b.fr", TrackerKind.REDIRECT),
        ("https://a.fr/bonjour?qui=jean.petit@b.fr", TrackerKind.PERSONAL),
        ("https://links.example.fr/u/aDf93KdLs02mQp4ZrT", TrackerKind.PERSONAL),
        ("https://example.fr/images/fond.gif", TrackerKind.PIXEL),
        ("https://example.fr/p/t.png", TrackerKind.PIXEL),
    ],
)
def test_a_tracker_is_named_by_its_kind(address: str, kind: TrackerKind) -> None:
    found = find_tracker(address)
    assert found is not None
    assert found.kind is kind
    assert found.evidence


@pytest.mark.parametrize("address", ["mailto:a@b.fr", "tel:0500000000", "", "a", "#haut", "/agenda"])
def test_what_is_no_web_address_is_no_tracker(address: str) -> None:
    assert find_tracker(address) is None


def test_mail_bodies_are_judged_as_they_are_labelled() -> None:
    wrong = [sample for sample in mail_samples() if bool(find_trackers(sample["html"])) != (sample["label"] != "clean")]
    assert wrong == []


def test_links_built_from_the_patterns_of_vendors_are_found() -> None:
    with warnings.catch_warnings(action="ignore"):
        addresses = [example_address(pattern) for _, pattern in vendor_patterns()]
    missed = [address for address in addresses if find_tracker(address) is None]
    assert len(missed) / len(addresses) < 0.12, missed


def test_pictures_built_from_the_patterns_of_vendors_are_found() -> None:
    with warnings.catch_warnings(action="ignore"):
        addresses = [example_address(pattern) for _, pattern in vendor_patterns()]
    missed = [address for address in addresses if not find_trackers(f'<img src="{address}" width="1" height="1">')]
    assert len(missed) / len(addresses) < 0.03, missed


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://a.fr/photo.jpg" width="600" height="400" alt="">',
        '<img src="https://a.fr/spacer.gif" width="1" height="1">',
        '<img src="cid:1@a" width="1" height="1">',
        '<img src="data:image/gif;base64,R0lGOD" width="1" height="1">',
        '<img src="https://a.fr/trait.png" width="1" height="40">',
        '<img src="https://a.fr/logo.png" style="border: 1px solid">',
        '<a href="https://a.fr/agenda">x</a>',
        '<td style="background:url(https://a.fr/fond.png)">',
    ],
)
def test_an_honest_mail_stays(html: str) -> None:
    assert find_trackers(html) == []


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://a.fr/x1?y" width="1" height="1">',
        "<IMG SRC=https://a.fr/x1?y WIDTH=1 HEIGHT=1/>",
        '<img src="https://a.fr/x1?y" style="width:1px !important;height:1px">',
        '<img src="https://a.fr/x1?y" style="DISPLAY : none">',
        '<img src="https://a.fr/x1?y" style="opacity:0">',
        '<img src="https://a.fr/x1?y" height="0">',
        '<div style="background-image:url(&quot;https://a.fr/track/open.php&quot;)">',
        "<style>a{background:url('https://a.fr/open.aspx?i=1')}</style>",
        '<img srcset="https://a.fr/open/track.gif 1x">',
        '<table background="https://a.fr/email-open/1">',
        '<a href="https://a.fr/?utm_source=x">x</a>',
        '<a ping="https://click.a.fr/1" href="https://a.fr">x</a>',
        '<area href="https://bit.ly/x">',
        '<img width="1" height="1" alt=" src="https://a.fr/o">',
        "texte <img src=",
    ],
)
def test_a_tracker_in_a_mail_is_found(html: str) -> None:
    assert find_trackers(html) != []


def test_the_place_of_a_tracker_is_told() -> None:
    (suspect,) = find_trackers('<p>\n<a href="https://bit.ly/x">x</a></p>')
    assert (suspect.element, suspect.address, suspect.line) == ("a", "https://bit.ly/x", 2)


def test_everything_a_mail_would_fetch_is_listed_honest_or_not() -> None:
    html = '<img src="https://a.fr/1.jpg"><img src="//b.fr/2.jpg"><img src="cid:3"><link href="http://c.fr/s.css"><a href="https://d.fr">'
    assert find_remote(html) == ["https://a.fr/1.jpg", "//b.fr/2.jpg", "http://c.fr/s.css"]


SIGNS = [
    "a",
    "/",
    "?",
    "&",
    "=",
    ".",
    "@",
    "%",
    "%25",
    "a1",
    "aB",
    "http://",
    "-",
    "mail",
    "open",
    "_",
    ";",
    "<img ",
    "<img>",
    "<!--",
    "<a b='",
    "</a",
    "<?",
    "<![CDATA[",
    "<style>",
    "url(",
    "a@b.",
    "1px",
]


@pytest.mark.parametrize("sign", SIGNS)
def test_no_rule_takes_long_on_its_worst_signs(sign: str) -> None:
    text = (sign * 50_000)[:50_000]
    begun = time.process_time()
    for address in (
        text,
        f"https://a.fr/{text}",
        f"https://a.fr/?{text}",
        f"https://{text}",
        f"https://a.fr/?a={text}",
    ):
        find_tracker(address)
        find_picture_tracker(address, is_hidden=True)
    find_trackers(text)
    find_trackers(f'<img style="{re.sub("[<>]", "", text)}" src="{text}">')
    assert time.process_time() - begun < 1
