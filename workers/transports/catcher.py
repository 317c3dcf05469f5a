"""The local mail catcher: takes every message on this machine's own address and keeps it as a file. Nothing leaves."""

import asyncio
import contextlib
import json
import os
import secrets
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from server.core import clock
from workers.transports.smtp import SmtpTransport

HOST = "127.0.0.1"
_LARGEST = 30_000_000


class Catcher:
    """Keeps what arrives in `folder`: `<name>.eml` as received, `<name>.json` with the envelope."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Yes is only said once the file is there."""
        content = envelope.original_content or b""
        name = f"{clock.now():%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(4)}"
        about = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "at": clock.now().isoformat()}
        _write(self._folder / f"{name}.json", json.dumps(about, ensure_ascii=False).encode())
        _write(self._folder / f"{name}.eml", content)
        return "250 2.0.0 caught"


@contextlib.asynccontextmanager
async def catching(folder: Path, port: int = 0) -> AsyncIterator[SmtpTransport]:
    """Listen while the block runs; gives the way to it."""
    catcher = Catcher(folder)

    def greet() -> SMTP:
        return SMTP(catcher, data_size_limit=_LARGEST, enable_SMTPUTF8=True, hostname="localhost", ident="Tambour")

    server = await asyncio.get_running_loop().create_server(greet, HOST, port)
    try:
        found: int = server.sockets[0].getsockname()[1]
        yield SmtpTransport(HOST, found, tls="none")
    finally:
        server.close()
        await server.wait_closed()


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing: a reader never sees half a message."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
