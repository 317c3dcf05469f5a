"""A message is composed once; copies differ only in their holes, and no word can become a header."""

import base64
import hashlib
import json
import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest

from server.core.secrets import Secrets
from server.mailings.compose import InlineImage, Unwritable, new_marks
from server.mailings.quoted import quoted_printable
from server.mailings.splice import ComposedMessage, UnwritableAddress, fill_for, splice
from tests.corpora import corpus
from tests.sending import composed

LINE_ENDERS = ["\r\n", "\n", "\r", "\0", "\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c", "\x1e"]
ENCODED_ENDER = "=?utf-8?q?Hello=0ABcc=3A_evil=40example=2Ecom?="


def copy_of(message: ComposedMessage, secrets: Secrets, recipient: int = 7, address: str = "zoe@example.org") -> bytes:
    return splice(
        message,
        fill_for(secrets, 3, mailing_id=12, edition="standard", recipient=recipient, address=address),
    )


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_text_comes_first_and_reads_as_written(secrets: Secrets) -> None:
    text = "Été : l’eau coupée jeudi — œuvre d’intérêt général.\n\n" + "mot " * 60 + "\n. un point\nFrom ici\nfin  \n"
    message = parsed(copy_of(composed(text=text), secrets))
    first, second = message.iter_parts()
    assert (first.get_content_type(), second.get_content_type()) == ("text/plain", "text/html")
    assert first.get_content().replace("\r\n", "\n") == text
    assert "Plus d’eau jeudi." in second.get_content()


def test_lines_are_short_ascii_and_end_properly(secrets: Secrets) -> None:
    content = copy_of(composed(html="<p>" + "é" * 5000 + "</p>"), secrets)
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    body = content.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not re.search(rb"^(\.|From )", body, re.MULTILINE)


@pytest.mark.parametrize("before", range(80))
def test_a_hole_is_never_broken(before: int) -> None:
    mark = "0123456789abcdef" * 2
    written = quoted_printable("é" * 3 + "x" * before + mark + "y" * before, [mark])
    assert mark.encode() in written
    assert max(map(len, written.split(b"\r\n"))) <= 76


def test_headers_of_the_lists_rfcs(secrets: Secrets) -> None:
    message = parsed(copy_of(composed(leave_mailto="mailto:quitter@saint-aubin.example"), secrets))
    token = secrets.token_for("leave", 3, 7)
    assert message["List-Id"] == '"La lettre" <lettre.saint-aubin.example>'
    assert message["List-Unsubscribe"] == f"<https://ville.example/leave/{token}>, <mailto:quitter@saint-aubin.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Post"] == "NO"
    assert message["To"] == "zoe@example.org"
    assert message["Date"] == "Mon, 23 Nov 2026 09:00:00 +0000"
    assert message["Content-Language"] == "fr"
    assert message["Subject"] == "La lettre de novembre : travaux, école, fêtes"
    assert message["From"] == "Mairie de Saint-Aubin-les-Prés <lettre@saint-aubin.example>"
    assert "Auto-Submitted" not in message
    assert f"/preferences/{secrets.token_for('preferences', 3, 7)}" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_single_message_says_it_is_automatic_and_has_no_list(secrets: Secrets) -> None:
    message = parsed(copy_of(composed(list_id="", leave_url="", auto_submitted="auto-generated", html=None), secrets))
    assert message["Auto-Submitted"] == "auto-generated"
    assert not [name for name in message if name.startswith("List-")]
    assert message.get_content_type() == "text/plain"


def test_two_renders_of_one_delivery_are_the_same_bytes(secrets: Secrets) -> None:
    message = composed()
    again = ComposedMessage.unpack(message.pack())
    assert again == message
    assert copy_of(message, secrets) == copy_of(again, secrets)


def test_composing_twice_gives_the_same_message() -> None:
    assert composed() == composed()


def test_two_copies_are_the_same_once_masked(secrets: Secrets) -> None:
    message = composed()
    one, other = copy_of(message, secrets, 1, "a@example.org"), copy_of(message, secrets, 2, "bob.b@laposte.net")
    assert one != other
    assert masked(one, secrets, 1, "a@example.org") == masked(other, secrets, 2, "bob.b@laposte.net")
    identifiers = {parsed(copy)["Message-ID"] for copy in (one, other)}
    assert len(identifiers) == 2


def masked(content: bytes, secrets: Secrets, recipient: int, address: str) -> bytes:
    filling = fill_for(secrets, 3, mailing_id=12, edition="standard", recipient=recipient, address=address)
    for value in filling:
        content = content.replace(value, b"?")
    return content


def test_no_trace_of_the_address_but_in_to(secrets: Secrets) -> None:
    address = "zoe.unique@example.org"
    content = copy_of(composed(), secrets, 7, address).replace(b"To: " + address.encode() + b"\r\n", b"")
    raw = address.encode()
    traces = [
        raw,
        raw.hex().encode(),
        base64.b64encode(raw).rstrip(b"="),
        b"zoe.unique",
        b"zoe%2Eunique",
        b"zoe=2Eunique",
    ]
    traces += [digest(raw).hexdigest().encode() for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256)]
    assert [trace for trace in traces if trace.lower() in content.lower()] == []


def test_pictures_travel_with_the_html(secrets: Secrets) -> None:
    picture = InlineImage("photo-1", "image/png", bytes(range(256)) * 4)
    message = parsed(copy_of(composed(images=[picture], html='<img src="cid:photo-1" alt="La place">'), secrets))
    related = list(message.iter_parts())[1]
    assert related.get_content_type() == "multipart/related"
    html, image = related.iter_parts()
    assert "cid:photo-1" in html.get_content()
    assert image["Content-ID"] == "<photo-1>"
    assert image.get_content() == picture.content


@pytest.mark.parametrize("ender", [*LINE_ENDERS, ENCODED_ENDER])
@pytest.mark.parametrize("field", ["subject", "from_name", "list_name", "text", "html"])
def test_words_cannot_become_headers(secrets: Secrets, field: str, ender: str) -> None:
    usual = parsed(copy_of(composed(), secrets)).keys()
    message = parsed(copy_of(composed(**{field: f"Bonjour{ender}Bcc: evil@example.com{ender}{ender}X: y"}), secrets))
    assert message.keys() == usual
    assert len(list(message.iter_parts())) == 2
    assert not message.defects


@pytest.mark.parametrize("field", ["from_address", "reply_to", "leave_url", "leave_mailto", "list_id", "archive_url"])
@pytest.mark.parametrize("ender", [*LINE_ENDERS, " ", "<", ">", "é"])
def test_addresses_and_links_with_a_line_end_are_refused(field: str, ender: str) -> None:
    mark = new_marks()
    good = {
        "leave_url": f"https://ville.example/{mark.leave}",
        "archive_url": "https://ville.example/",
        "leave_mailto": "mailto:a@b.example",
        "list_id": "a.b",
    }
    with pytest.raises(Unwritable):
        composed(**{"marks": mark, field: good.get(field, "a@b.example") + ender + "Bcc: evil@example.com"})


@pytest.mark.corpus
def test_naughty_words_stay_words(secrets: Secrets) -> None:
    usual = parsed(copy_of(composed(), secrets)).keys()
    for words in json.loads((corpus("naughty-strings") / "blns.json").read_text(encoding="utf-8")):
        message = parsed(copy_of(composed(subject=words, from_name=words, list_name=words, text=words), secrets))
        assert message.keys() == usual, words
        assert message["Reply-To"] == "mairie@saint-aubin.example", words


def test_an_author_cannot_write_a_hole(secrets: Secrets) -> None:
    """The marks of one message are worth nothing in the next, so no token can be led elsewhere."""
    seen = new_marks()
    message = composed(text=f"https://evil.example/?{seen.leave}")
    assert f"https://evil.example/?{seen.leave}".encode() in copy_of(message, secrets).replace(b"=\r\n", b"").replace(
        b"=3F", b"?"
    )


def test_a_link_to_leave_needs_a_place_for_the_token() -> None:
    with pytest.raises(Unwritable):
        composed(leave_url="https://ville.example/leave")


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: x@y.example",
        "a b@c.example",
        "a@b.example,c@d.example",
        "a@b\u2028.example",
        "a",
        '"a\n"@b.example',
    ],
)
def test_an_address_that_ends_a_line_is_not_written(secrets: Secrets, address: str) -> None:
    with pytest.raises(UnwritableAddress):
        fill_for(secrets, 3, mailing_id=1, edition="standard", recipient=1, address=address)


@pytest.mark.parametrize(
    "address", ['"quoted local part"@example.org', "ñoñó@example.org", "!#$%&'*+-/=?^_`.{|}~@example.tld"]
)
def test_an_odd_but_valid_address_is_written_as_it_is(secrets: Secrets, address: str) -> None:
    assert f"\r\nTo: {address}\r\n".encode() in copy_of(composed(), secrets, 7, address)


def test_a_message_to_nobody_on_the_lists_opens_no_door(secrets: Secrets) -> None:
    content = copy_of(composed(), secrets, 0)
    assert secrets.token_for("leave", 3, 0).encode() in content


def test_long_french_names_fold_into_short_lines(secrets: Secrets) -> None:
    name = "Communauté de communes de l’Étang, de la Forêt et des Prés réunis — lettre d’information à tous"
    content = copy_of(composed(subject=name * 2, from_name=name), secrets)
    head = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in head if b"=?utf-8?" in line) <= 76
    assert parsed(content)["Subject"] == name * 2
    words, _, address = str(message_from_bytes(content)["From"]).partition("\n <")
    assert str(make_header(decode_header(words))) == name  # Python's structured parser keeps the folds' spaces
    assert address == "lettre@saint-aubin.example>"


def test_the_weight_is_that_of_a_copy(secrets: Secrets) -> None:
    message = composed()
    assert abs(message.weight - len(copy_of(message, secrets))) <= 32


def test_references_are_written_and_checked(secrets: Secrets) -> None:
    assert parsed(copy_of(composed(references=["<a@b.example>"]), secrets))["In-Reply-To"] == "<a@b.example>"
    with pytest.raises(Unwritable):
        composed(references=["<a@b.example>\r\nBcc: evil@example.com"])
