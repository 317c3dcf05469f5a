"""Looks into witness mailboxes: over IMAP at a provider's, or among what this machine's own catcher kept in a trial."""

import asyncio
import imaplib
import logging
import re
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

from server.core.database import Database
from server.core.i18n import sentence
from server.core.secrets import BadToken, Secrets
from server.core.settings import Settings
from server.mailings.mailbox import find_caught
from server.urgent import witnesses
from server.urgent.witnesses import Awaited
from workers.transports.reaching import addresses_of, public_only

log = logging.getLogger(__name__)
_PATIENCE = 10.0
_IN = "INBOX"
_JUNK = re.compile(rb'\([^)]*\\Junk[^)]*\) (?:"[^"]*"|NIL) "?([^"]+)"?$')
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
_TROUBLE = (OSError, imaplib.IMAP4.error)
_SEALED_ELSEWHERE = sentence("Its password was kept by another instance: remove this mailbox and add it again.")
Found = tuple[datetime, str]


async def look_into_witnesses(database: Database, secrets: Secrets, settings: Settings) -> None:
    """Each mailbox in which something is awaited is opened once; what is found there is noted."""
    async with database.reading() as session:
        awaited = await witnesses.list_awaited(session, secrets)
    by_mailbox: dict[int, list[Awaited]] = {}
    for one in awaited:
        by_mailbox.setdefault(one.witness.id, []).append(one)
    for witness_id, theirs in by_mailbox.items():
        found, said = await _look(theirs, secrets, settings)
        async with database.writing() as session:
            await witnesses.note_look(session, witness_id, said)
            for sighting_id, (seen_at, folder) in found.items():
                await witnesses.note_seen(session, sighting_id, seen_at, folder)


async def _look(awaited: list[Awaited], secrets: Secrets, settings: Settings) -> tuple[dict[int, Found], str]:
    witness = awaited[0].witness
    try:
        if not witness.host:
            return await asyncio.to_thread(_among_caught, awaited, settings.home / "mail"), ""
        addresses = await addresses_of(witness.host)
        known = addresses if settings.smtp_private_relays else public_only(addresses)
        password = witnesses.password_of(witness, secrets)
        return await asyncio.to_thread(_in_mailbox, awaited, known[0], password), ""
    except BadToken:
        return {}, str(_SEALED_ELSEWHERE)
    except _TROUBLE as trouble:
        log.info("a witness mailbox cannot be looked into", extra={"witness": witness.id})
        return {}, str(trouble) or type(trouble).__name__


def _among_caught(awaited: list[Awaited], folder: Path) -> dict[int, Found]:
    found = {one.sighting_id: find_caught(folder, one.witness.address, one.mark) for one in awaited}
    return {key: (moment, "") for key, moment in found.items() if moment is not None}


class _Mailbox(imaplib.IMAP4_SSL):
    """Reaches the address that was looked at, and checks the certificate of the name."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._address = address
        super().__init__(host, port, ssl_context=ssl.create_default_context(), timeout=_PATIENCE)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = socket.create_connection((self._address, self.port), timeout)
        context: ssl.SSLContext = self.ssl_context
        return context.wrap_socket(plain, server_hostname=self.host)


def _in_mailbox(awaited: list[Awaited], address: str, password: str) -> dict[int, Found]:
    """What is in the inbox, or lies where the provider puts what it takes for spam. Nothing there is changed."""
    witness, found = awaited[0].witness, dict[int, Found]()
    with _Mailbox(witness.host, witness.port, address) as mailbox:
        mailbox.login(witness.username, password)
        for folder in (_IN, *_junk_of(mailbox)):
            if mailbox.select(f'"{folder}"', readonly=True)[0] != "OK":
                continue
            for one in awaited:
                if one.sighting_id not in found and (moment := _arrived(mailbox, one.mark)):
                    found[one.sighting_id] = (moment, "" if folder == _IN else folder)
    return found


def _junk_of(mailbox: imaplib.IMAP4) -> list[str]:
    """The folders that say of themselves that they hold spam (RFC 6154)."""
    lines = [line for line in mailbox.list()[1] if isinstance(line, bytes)]
    return [match[1].decode("ascii", "replace") for line in lines if (match := _JUNK.search(line))]


def _arrived(mailbox: imaplib.IMAP4, mark: str) -> datetime | None:
    """When the message with this mark came into the folder that is open."""
    numbers = mailbox.search(None, "HEADER", "Message-ID", mark)[1][0].split()
    if not numbers:
        return None
    for line in mailbox.fetch(numbers[0].decode(), "(INTERNALDATE)")[1]:
        said = line if isinstance(line, bytes) else b"" if line is None else line[0]
        if match := _DATE.search(said):
            return datetime.strptime(match[1].decode(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    return None
