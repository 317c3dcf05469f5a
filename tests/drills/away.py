"""F10 on PostgreSQL: the server is gone in the midst of a letter, and comes back as after a crash."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

from server.mailings.models import DeliveryState
from server.mailings.schemas import Recipient
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
    async def hurt(_sink: Sink) -> None:
        await asyncio.to_thread(server.stop)
        await asyncio.sleep(_AWAY)
        await asyncio.to_thread(server.start)

    return await hurt_in_the_midst(office, url, log, people(_LETTER), hurt)


async def hurt_in_the_midst(
    office: Office, url: str, log: Path, recipients: Sequence[Recipient], hurt: Callable[[Sink], Awaitable[None]]
) -> Report:
    """A process of workers at work, and another one beside it after the hurt: the first may have given up."""
    mailing_id = await office.start(recipients, idempotency_key="hurt")
    async with Sink(before_answer=breathe).listening() as sink:
        arguments = (url, SECRET, sink.port, "", "hurt", LINES, str(log))
        process = PROCESSES.Process(target=work, args=arguments, daemon=True)
        process.start()
        try:
            await eventually(partial(has_grown, sink, 50), seconds=30.0)
            await hurt(sink)
            async with office.working(SmtpTransport("127.0.0.1", sink.port, tls="none"), name="other"):
                await eventually(partial(_is_over, office, mailing_id), seconds=90.0)
        finally:
            process.kill()
            process.join()
    accepted = (await office.states(mailing_id))[DeliveryState.ACCEPTED]
    words = await asyncio.to_thread(log.read_text)
    return Report(
        "postgresql",
        messages=len(sink.received),
        lost=len(recipients) - len(sink.copies),
        extra=len(sink.received) - len(sink.copies),
        bound=LINES,
        miscounted=len(recipients) - accepted,
        leaked=sum(one.address in words for one in recipients),
    )


async def _is_over(office: Office, mailing_id: int) -> bool:
    await office.make_due(mailing_id)
    return set(await office.states(mailing_id)) == {DeliveryState.ACCEPTED}
