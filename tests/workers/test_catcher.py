"""The catcher keeps every message exactly as it came, and nothing but what came."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.core.errors import NotFound
from server.core.secrets import Secrets
from server.mailings import mailbox
from server.mailings.compose import InlineImage
from server.mailings.models import DeliveryState
from server.mailings.splice import fill_for, splice
from server.web.pagination import Slice
from tests.sending import Office, composed, people
from workers.transports.catcher import catching


async def test_a_mailing_is_caught_as_it_was_written(office: Office, tmp_path: Path) -> None:
    mailing_id = await office.start(people(5))
    async with catching(tmp_path / "mail") as transport:
        assert await office.send_all(transport, mailing_id) == {DeliveryState.ACCEPTED: 5}
    caught = mailbox.list_messages(tmp_path / "mail", Slice())
    assert caught.total == 5
    assert {line.to for line in caught.items} == {f"p{number}@example.org" for number in range(1, 6)}
    assert {line.subject for line in caught.items} == {"La lettre de novembre : travaux, école, fêtes"}
    for line in caught.items:
        number = int(line.to[1:].partition("@")[0])
        filling = fill_for(
            office.secrets, office.town_id, mailing_id=mailing_id, edition="standard", recipient=number, address=line.to
        )
        assert (tmp_path / "mail" / f"{line.name}.eml").read_bytes() == splice(composed(), filling)
    message = mailbox.read_message(tmp_path / "mail", caught.items[0].name)
    assert "Plus d’eau jeudi." in message.html
    assert message.text.startswith("Bonjour,")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in message.source


def keep(folder: Path, content: bytes, name: str = "20261123T090000000000Z-00000001") -> str:
    folder.mkdir(exist_ok=True)
    about = {"from": "a@b.example", "to": ["zoe@example.org"], "at": datetime(2026, 11, 23, 9, tzinfo=UTC).isoformat()}
    (folder / f"{name}.json").write_text(json.dumps(about))
    (folder / f"{name}.eml").write_bytes(content)
    return name


def test_pictures_are_shown_without_loading_anything(tmp_path: Path, secrets: Secrets) -> None:
    picture = InlineImage("photo-1", "image/png", b"\x89PNG")
    filling = fill_for(secrets, 1, mailing_id=1, edition="standard", recipient=1, address="z@b.example")
    name = keep(tmp_path, splice(composed(images=[picture], html='<img src="cid:photo-1" alt="x">'), filling))
    assert '<img src="data:image/png;base64,iVBORw==" alt="x">' in mailbox.read_message(tmp_path, name).html


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: =?utf-8?q?=FF?=\r\nFrom: \xff\r\n\r\n\xff\xfe",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\nx",
        b"To: " + b"(" * 5000 + b"\r\nSubject: ok\r\n\r\nbody",
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b'--b\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' * 500,
    ],
)  # fmt: skip
def test_whatever_was_sent_can_be_listed_and_read(tmp_path: Path, content: bytes) -> None:
    name = keep(tmp_path, content)
    assert mailbox.list_messages(tmp_path, Slice()).total == 1
    assert mailbox.read_message(tmp_path, name).source == content.decode("utf-8", "replace")


@pytest.mark.parametrize(
    "name", ["../instance", "", "..", "20261123T090000000000Z-0000000z", "20261123T090000000000Z-00000002"]
)
def test_no_other_file_can_be_read(tmp_path: Path, name: str) -> None:
    keep(tmp_path / "mail", b"Subject: x\r\n\r\n")
    (tmp_path / "instance.eml").write_bytes(b"secret")
    with pytest.raises(NotFound):
        mailbox.read_message(tmp_path / "mail", name)


def test_an_empty_or_absent_box(tmp_path: Path) -> None:
    assert mailbox.list_messages(tmp_path / "none", Slice()).total == 0
