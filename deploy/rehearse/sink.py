"""Where the rehearsal's mail arrives: an SMTP server that writes down recipient, Message-ID and subject once it has the final dot."""

import asyncio
import os
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

LEDGER = Path("/var/lib/tambour/files/sunk.tsv")


class Sink:
    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        message = message_from_bytes(envelope.original_content or b"")
        about = f"{message['Message-ID']}\t{message['Subject']}"
        _write_down("".join(f"{recipient}\t{about}\n" for recipient in envelope.rcpt_tos))
        return "250 2.0.0 sunk"


def _write_down(lines: str) -> None:
    with LEDGER.open("a") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="sink", enable_SMTPUTF8=True), "0.0.0.0", 2525)
    async with server:
        await server.serve_forever()


asyncio.run(main())
