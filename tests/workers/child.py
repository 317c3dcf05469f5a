"""A mail worker in a process of its own, which a drill may kill."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta

from server.core.database import Database
from server.core.secrets import Secrets
from tests.sending import BRISK
from workers.mail import MailWorker
from workers.runner import stop_on_signals
from workers.transports.smtp import SmtpTransport


def work(url: str, secret: bytes, port: int, crash_at: str, name: str, lines: int, lease: float = 30.0) -> None:
    """Send to the sink on `port` until killed, or asked to end."""
    os.environ["TAMBOUR_CRASH_AT"] = crash_at
    asyncio.run(_work(url, secret, port, name, lines, timedelta(seconds=lease)))


async def _work(url: str, secret: bytes, port: int, name: str, lines: int, lease: timedelta) -> None:
    relay = SmtpTransport("127.0.0.1", port, tls="none")
    database, rhythm = Database(url, pool_size=4, has_scribe=True), replace(BRISK, lease=lease)
    worker = MailWorker(database, Secrets(secret), relay, name=name, lines=lines, rhythm=rhythm)
    stop = asyncio.Event()
    stop_on_signals(stop)
    await worker.run(stop)
