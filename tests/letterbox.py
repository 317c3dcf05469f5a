"""The mails that wait to leave, as their recipients will get them."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlmodel import col, select

from server.core.database import Database
from server.core.secrets import Secrets
from server.mailings.models import Delivery, MailingMessage
from server.mailings.splice import ComposedMessage, fill_for, splice


class Letterbox:
    """Opens what the ledger holds, without sending it."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self.database, self.secrets = database, secrets

    async def mails(self) -> list[tuple[str, EmailMessage]]:
        """Address and mail, in the order in which they were written."""
        query = (
            select(Delivery, MailingMessage)
            .join(MailingMessage, col(MailingMessage.id) == col(Delivery.message_id))
            .order_by(col(Delivery.id))
        )
        async with self.database.reading() as session:
            rows = list(await session.execute(query))
        return [(delivery.address, self._opened(delivery, message)) for delivery, message in rows]

    async def addresses(self) -> list[str]:
        return [address for address, _ in await self.mails()]

    async def last(self) -> EmailMessage:
        return (await self.mails())[-1][1]

    def _opened(self, delivery: Delivery, message: MailingMessage) -> EmailMessage:
        filling = fill_for(
            self.secrets,
            delivery.municipality_id,
            mailing_id=delivery.mailing_id,
            edition="standard",
            recipient=0,
            address=delivery.address,
        )
        raw = splice(ComposedMessage.unpack(message.body), filling)
        return message_from_bytes(raw, policy=policy.default)


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def path_in(mail: EmailMessage, start: str) -> str:
    """The link of a mail that begins with `start` ("/join/"), as the browser of the tests wants it."""
    found = re.search(rf"https://tambour\.test/saint-aubin({start}\S+)", text_of(mail))
    assert found is not None, text_of(mail)
    return found.group(1)
