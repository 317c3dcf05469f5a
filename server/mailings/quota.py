"""How many mails a town may send a day, where who hosts it has set a limit. What is urgent, and single messages, always leave."""

from datetime import timedelta

from sqlmodel import col, func, select

from server.core.database import WriteSession
from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.mailings.models import Delivery, Lane, Mailing, MailingState
from server.municipalities.queries import get_municipality

DAY = timedelta(hours=24)


class TooManyMails(Invalid):
    """`fits_another_day`: with no other mailing around it, this one may leave."""

    def __init__(self, words: Message, *, fits_another_day: bool) -> None:
        super().__init__({"": words}, words)
        self.fits_another_day = fits_another_day


async def refuse_more_mails(session: WriteSession, mailing: Mailing) -> None:
    """Raise TooManyMails if the ordinary mailings within a day of this one, it included, are too many mails."""
    most = (await get_municipality(session, mailing.municipality_id)).most_mails_a_day
    if most is None or mailing.lane is not Lane.ORDINARY:
        return
    same_day = select(col(Mailing.id)).where(
        col(Mailing.municipality_id) == mailing.municipality_id,
        col(Mailing.lane) == Lane.ORDINARY,
        col(Mailing.state) != MailingState.CANCELLED,
        col(Mailing.scheduled_at) > mailing.scheduled_at - DAY,
        col(Mailing.scheduled_at) < mailing.scheduled_at + DAY,
    )
    rows = select(func.count()).select_from(Delivery)
    wanted = int(await session.scalar(rows.where(col(Delivery.mailing_id).in_(same_day))) or 0)
    if wanted > most:
        alone = int(await session.scalar(rows.where(col(Delivery.mailing_id) == mailing.id)) or 0)
        words = sentence(
            "With this one the town would send {wanted} mails within 24 hours, and it may send {most}. Send it later, or ask who hosts Tambour for more.",
            wanted=wanted,
            most=most,
        )
        raise TooManyMails(words, fits_another_day=alone <= most)
