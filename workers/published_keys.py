"""Looks whether the records of new signing keys are published; those that are begin to sign."""

from server.core.database import Database
from server.core.errors import Conflict
from server.core.secrets import BadToken, Secrets
from server.mailings import signing
from server.mailings.dkim_records import is_record_of, record_name
from server.mailings.headers import one_line
from workers.resolver import NoAnswer, Resolver

_AT_ONCE = 50  # keys looked for in one go: a chore must not take for ever


async def begin_with_published_keys(database: Database, secrets: Secrets, resolver: Resolver) -> None:
    """Ask the DNS for every record that is waited for. Nothing is written while it thinks."""
    async with database.reading() as session:
        waiting = await signing.waiting_keys(session)
    for row in waiting[:_AT_ONCE]:
        try:
            key = signing.open_key(row, secrets)
            found = await resolver.texts(record_name(row.domain, row.selector))
        except (BadToken, NoAnswer):
            continue
        try:
            async with database.writing() as session:
                if any(is_record_of(key, text) for text in found):
                    await signing.begin_signing(session, row)
                else:
                    await signing.note_look(session, row, one_line(" | ".join(found)))
        except Conflict:
            continue  # it was replaced while we looked
