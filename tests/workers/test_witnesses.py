"""Witness mailboxes: over IMAP, in the spam too, by this machine's own catcher; a wrong password is said."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope
from sqlmodel import update

from server.core.database import Database
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.urgent import witnesses
from server.urgent.models import UrgentNotice, Witness
from server.urgent.schemas import WitnessDraft
from tests.cast import Cast
from tests.certificates import certificate_for, served
from tests.urgent.alarms import send, written
from workers.transports.catcher import Catcher
from workers.witnesses import look_into_witnesses

HERE = "temoin@orange.example"
CAME = b"23-Nov-2026 09:30:12 +0100"


class Mailboxes:
    """As much of an IMAP server (RFC 3501) as somebody needs who looks for one message."""

    def __init__(self, folder: str, mark: str) -> None:
        self._folder, self._mark, self._open = folder.encode(), mark.encode(), b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, command, *rest = line.split()
            writer.write(self._answer(command.upper(), rest).replace(b"TAG", tag))
            await writer.drain()
        writer.close()

    def _answer(self, command: bytes, words: list[bytes]) -> bytes:
        if command == b"LOGIN" and words[1] != b'"sesame"':
            return b"TAG NO wrong password\r\n"
        if command == b"EXAMINE":
            self._open = words[0].strip(b'"')
        has_it = self._open == self._folder and self._mark in b" ".join(words)
        return {
            b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
            b"LIST": b'* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\Junk) "/" "Pourriel"\r\n',
            b"EXAMINE": b"* 3 EXISTS\r\n",
            b"SEARCH": b"* SEARCH 2\r\n" if has_it else b"* SEARCH\r\n",
            b"FETCH": b'* 2 FETCH (INTERNALDATE "' + CAME + b'")\r\n',
            b"LOGOUT": b"* BYE\r\n",
        }.get(command, b"") + b"TAG OK done\r\n"


@contextlib.asynccontextmanager
async def mailboxes(folder: str, mark: str, certificate: Path) -> AsyncIterator[int]:
    server = await asyncio.start_server(Mailboxes(folder, mark).serve, "127.0.0.1", 0, ssl=served(certificate))
    async with server:
        port: int = server.sockets[0].getsockname()[1]
        yield port


async def _sent(database: Database, secrets: Secrets, cast: Cast, draft: WitnessDraft) -> UrgentNotice:
    async with database.writing() as session:
        await witnesses.add_witness(session, cast.town_id, secrets, cast.actor("Alice"), draft, has_catcher=True)
    return await send(database, secrets, cast, await written(database, cast))


async def _seen(database: Database, cast: Cast, urgent: UrgentNotice) -> tuple[bool, str, str]:
    async with database.reading() as session:
        ((sighting, witness),) = await witnesses.sightings_of(session, cast.town_id, urgent.id)
        return sighting.seen_at is not None, sighting.folder, witness.said


async def _mark(database: Database, secrets: Secrets) -> str:
    async with database.reading() as session:
        return (await witnesses.list_awaited(session, secrets))[0].mark


@pytest.mark.parametrize(("folder", "shown"), [("INBOX", ""), ("Pourriel", "Pourriel")])
async def test_a_real_mailbox_says_when_and_where_it_came(
    database: Database,
    secrets: Secrets,
    cast: Cast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    shown: str,
) -> None:
    certificate = certificate_for("localhost", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings = Settings(home=tmp_path, smtp_private_relays=True)
    draft = WitnessDraft(address=HERE, host="imap.orange.example", password="sesame")
    urgent = await _sent(database, secrets, cast, draft)
    mark = await _mark(database, secrets)
    async with mailboxes(folder, mark, certificate) as port:
        await _answers_on(database, port)
        await look_into_witnesses(database, secrets, settings)
    assert await _seen(database, cast, urgent) == (True, shown, "")


async def test_what_keeps_us_from_looking_is_said(
    database: Database, secrets: Secrets, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_for("localhost", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    draft = WitnessDraft(address=HERE, host="imap.orange.example", password="wrong")
    urgent = await _sent(database, secrets, cast, draft)
    async with mailboxes("INBOX", "", certificate) as port:
        await _answers_on(database, port)
        await look_into_witnesses(database, secrets, Settings(home=tmp_path, smtp_private_relays=True))
        assert "wrong password" in (await _seen(database, cast, urgent))[2]
        await look_into_witnesses(database, secrets, Settings(home=tmp_path))
    assert "private network" in (await _seen(database, cast, urgent))[2], "no town looks into the operator's network"


async def test_a_password_sealed_elsewhere_keeps_us_from_one_mailbox_alone(
    database: Database, secrets: Secrets, cast: Cast, tmp_path: Path
) -> None:
    draft = WitnessDraft(address=HERE, host="imap.orange.example", password="sesame")
    elsewhere = Secrets(b"the secret of another instance, kept apart" * 2)
    async with database.writing() as session:
        await witnesses.add_witness(session, cast.town_id, elsewhere, cast.actor("Alice"), draft)
    await _answers_on(database, 993)
    urgent = await send(database, secrets, cast, await written(database, cast))
    await look_into_witnesses(database, secrets, Settings(home=tmp_path, smtp_private_relays=True))
    assert await _seen(database, cast, urgent) == (
        *(False, ""),
        "Its password was kept by another instance: remove this mailbox and add it again.",
    )


async def test_in_a_trial_the_catcher_is_the_mailbox(
    database: Database, secrets: Secrets, cast: Cast, tmp_path: Path
) -> None:
    urgent = await _sent(database, secrets, cast, WitnessDraft(address=HERE))
    settings = Settings(home=tmp_path)
    await look_into_witnesses(database, secrets, settings)
    assert await _seen(database, cast, urgent) == (False, "", "")
    envelope = Envelope()
    envelope.mail_from, envelope.rcpt_tos = "lettre@saint-aubin.example", [HERE]
    envelope.original_content = f"Message-ID: <{await _mark(database, secrets)}@x>\r\n\r\nx".encode()
    await Catcher(tmp_path / "mail").handle_DATA(None, None, envelope)
    await look_into_witnesses(database, secrets, settings)
    assert await _seen(database, cast, urgent) == (True, "", "")


async def _answers_on(database: Database, port: int) -> None:
    """The server of the test listens where it could."""
    async with database.writing() as session:
        await session.execute(update(Witness).values(host="localhost", port=port))
