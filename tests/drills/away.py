"""F10 on PostgreSQL: the server is gone in the midst of a letter, and comes back as after a crash."""

import asyncio
from functools import partial
from pathlib import Path

from server.mailings.models import DeliveryState
from tests.conftest import SECRET
from tests.drills.child import work
from tests.drills.kills import LINES, PROCESSES, Report, breathe, has_grown
from tests.postgres import PostgresServer
from tests.sending import Office, eventually, people
from tests.smtp_sink import Sink
from workers.transports.smtp import SmtpTransport

_AWAY = 3.0
_LETTER = 300


async def taken_away(office: Office, server: PostgresServer, url: str, log: Path) -> Report:
    """A process of workers at work, and another one beside it once the server is back: the first may have given up."""
    recipients = people(_LETTER)
    mailing_id = await office.start(recipients, idempotency_key="away")
    async with Sink(before_answer=breathe).listening() as sink:
        arguments = (url, SECRET, sink.port, "", "away", LINES, str(log))
        process = PROCESSES.Process(target=work, args=arguments, daemon=True)
        process.start()
        try:
            await eventually(partial(has_grown, sink, 50))
            await asyncio.to_thread(server.stop)
            await asyncio.sleep(_AWAY)
            await asyncio.to_thread(server.start)
            async with office.working(SmtpTransport("127.0.0.1", sink.port, tls="none"), name="other"):
                await eventually(partial(_is_over, office, mailing_id), seconds=60.0)
        finally:
            process.kill()
            process.join()
    accepted = (await office.states(mailing_id))[DeliveryState.ACCEPTED]
    words = await asyncio.to_thread(log.read_text)
    return Report(
        "postgresql",
        messages=len(sink.received),
        lost=_LETTER - len(sink.copies),
        extra=len(sink.received) - len(sink.copies),
        bound=LINES,
        miscounted=_LETTER - accepted,
        leaked=sum(one.address in words for one in recipients),
    )


async def _is_over(office: Office, mailing_id: int) -> bool:
    await office.make_due(mailing_id)
    return set(await office.states(mailing_id)) == {DeliveryState.ACCEPTED}
