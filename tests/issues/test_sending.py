"""What was approved leaves: once, to those who asked, byte for byte the same for everybody."""

import base64
import hashlib
import re
from datetime import timedelta
from email import message_from_bytes, policy
from urllib.parse import quote

import pytest
from sqlmodel import col, select

from server.content.finished import find_remote, find_trackers
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.errors import Conflict, Invalid
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.issues import chores, drafting, queries, sending
from server.issues.models import IssueState
from server.mailings.models import Delivery, Mailing, MailingMessage
from server.mailings.splice import ComposedMessage, fill_for, splice
from tests.cast import Cast
from tests.content.readings import vendor_patterns
from tests.issues.composing import INSTANCE, approved, content_hash, draft_of, in_state, send, subscribe
from tests.letterbox import text_of

pytestmark = pytest.mark.usefixtures("monday")
READERS = ("anne@example.org", "basile@example.org", "chloe@example.org")


async def _addresses(database: Database) -> list[str]:
    async with database.reading() as session:
        return sorted(await session.scalars(select(Delivery.address)))


async def test_everybody_who_asked_has_one_line_in_the_ledger(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    issue = await approved(database, cast, *READERS)
    mailing = await send(database, secrets, files, cast, issue.id)
    assert await _addresses(database) == sorted(READERS)
    async with database.reading() as session:
        issue = await queries.get_issue(session, cast.town_id, issue.id)
    assert (issue.state, issue.mailing_id) == (IssueState.SENT, mailing.id)


async def test_pressing_send_twice_sends_once(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    issue = await approved(database, cast, *READERS)
    first = await send(database, secrets, files, cast, issue.id)
    again = await send(database, secrets, files, cast, issue.id)
    assert first.id == again.id
    with pytest.raises(Conflict):
        await send(database, secrets, files, cast, issue.id, "another form")
    assert len(await _addresses(database)) == len(READERS)


async def test_what_is_not_approved_does_not_leave(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, *READERS)
        issue = await in_state(session, cast, IssueState.SUBMITTED)
    with pytest.raises(Conflict):
        await send(database, secrets, files, cast, issue.id)
    assert await _addresses(database) == []


async def test_a_letter_for_nobody_is_refused(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    issue = await approved(database, cast)
    with pytest.raises(Invalid):
        await send(database, secrets, files, cast, issue.id)


_OWN = re.compile(rb"^(To: |Message-ID: <)[^@\r\n]+@?|(/leave/|/preferences/)[A-Za-z0-9_=-]{32}", re.MULTILINE)


def _shapes(address: str) -> list[bytes]:
    raw = address.encode()
    hashes = [getattr(hashlib, name)(raw).hexdigest().encode() for name in ("md5", "sha1", "sha256")]
    return [raw, raw.hex().encode(), base64.b64encode(raw), quote(address, safe="").encode(), *hashes]


async def _copies(database: Database, secrets: Secrets, mailing: Mailing) -> list[bytes]:
    async with database.reading() as session:
        query = select(Delivery, MailingMessage).join(
            MailingMessage, col(MailingMessage.id) == col(Delivery.message_id)
        )
        rows = (await session.execute(query.where(col(Delivery.mailing_id) == mailing.id))).all()
    return [
        splice(
            ComposedMessage.unpack(message.body),
            fill_for(
                secrets,
                mailing.municipality_id,
                mailing_id=mailing.id,
                edition=message.edition,
                recipient=delivery.recipient,
                address=delivery.address,
            ),
        )
        for delivery, message in rows
    ]


async def test_the_mail_says_who_writes_why_and_how_to_leave(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    issue = await approved(database, cast, READERS[0])
    mailing = await send(database, secrets, files, cast, issue.id)
    (copy,) = await _copies(database, secrets, mailing)
    mail = message_from_bytes(copy, policy=policy.default)
    assert mail["Subject"] == "Lettre de novembre 2026"
    assert mail["To"] == READERS[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = text_of(mail), text_of(mail, "html")
    for half in (text, html):
        assert "Collecte des déchets verts" in half
        assert "02 54 00 00 00" in half.replace("\u00a0", " ").replace("\u202f", " ")
        assert f"{INSTANCE}/saint-aubin/leave/" in half
        assert READERS[0] not in half
    assert not find_remote(html)
    assert not find_trackers(html)
    assert len(copy) <= 60_000


async def test_two_copies_differ_by_the_readers_own_links_and_address_only(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    issue = await approved(database, cast, *READERS)
    mailing = await send(database, secrets, files, cast, issue.id)
    copies = await _copies(database, secrets, mailing)
    assert len(set(copies)) == len(READERS)
    whole = [copy.replace(b"=\r\n", b"") for copy in copies]  # a soft line end may stand just before a link's token
    assert len({_OWN.sub(rb"\1", copy) for copy in whole}) == 1


async def test_no_address_and_no_known_tracker_stands_in_a_mail(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    """A reader's address is in the header To and nowhere else, in no shape (E17)."""
    issue = await approved(database, cast, READERS[0])
    (copy,) = await _copies(database, secrets, await send(database, secrets, files, cast, issue.id))
    for shape in _shapes(READERS[0]):
        assert copy.count(shape) == (1 if shape == READERS[0].encode() else 0), shape
    mail = message_from_bytes(copy, policy=policy.default)
    for vendor, pattern in vendor_patterns():
        assert not re.search(pattern, text_of(mail, "html"), re.IGNORECASE), vendor


async def test_the_letter_leaves_at_its_moment_and_once(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    issue = await approved(database, cast, *READERS)
    later = clock.now() + timedelta(hours=2)
    async with database.writing() as session:
        read = await content_hash(session, issue)
        await sending.schedule_issue(session, cast.town_id, cast.actor("Paula"), issue.id, read, later)
    await chores.send_due_issues(database, secrets, files, INSTANCE)
    assert await _addresses(database) == []
    with clock.frozen(later + timedelta(minutes=1)):
        await chores.send_due_issues(database, secrets, files, INSTANCE)
        await chores.send_due_issues(database, secrets, files, INSTANCE)
    assert await _addresses(database) == sorted(READERS)


async def test_a_moment_that_has_passed_is_refused(database: Database, cast: Cast) -> None:
    issue = await approved(database, cast, *READERS)
    async with database.writing() as session:
        read = await content_hash(session, issue)
        with pytest.raises(Invalid) as refusal:
            await sending.schedule_issue(
                session, cast.town_id, cast.actor("Paula"), issue.id, read, clock.now() - timedelta(minutes=1)
            )
    assert "scheduled_at" in refusal.value.fields


async def test_a_change_takes_the_letter_off_its_way(session: WriteSession, cast: Cast) -> None:
    issue = await in_state(session, cast, IssueState.APPROVED)
    read = await content_hash(session, issue)
    later = clock.now() + timedelta(hours=2)
    await sending.schedule_issue(session, cast.town_id, cast.actor("Paula"), issue.id, read, later)
    draft = await draft_of(session, cast, title="Un autre titre")
    issue = await drafting.save_issue(session, cast.town_id, cast.actor("Bob"), issue.id, draft, issue.revision)
    assert issue.scheduled_at is None
