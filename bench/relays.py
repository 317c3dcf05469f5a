"""The relay of the measurements, Postfix's `smtp-sink`, and two other senders beside ours: `smtp-source`, and aiosmtplib."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator

from aiosmtplib import SMTP

CONNECTIONS = 20
SIZE = 20_000


def programs() -> None:
    """Say what is missing."""
    for name in ("smtp-source", "smtp-sink"):
        if _find(name) is None:
            raise SystemExit(
                f"{name} is missing. It comes with Postfix, whose service is not needed: apt-get install postfix"
            )


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """A relay that takes everything and keeps nothing; gives its port."""
    port = free_port()
    user = ("-u", "nobody") if os.geteuid() == 0 else ()
    process = subprocess.Popen([str(_find("smtp-sink")), *user, f"127.0.0.1:{port}", "1000"])
    try:
        _wait_for(port)
        yield port
    finally:
        process.kill()
        process.wait()


def source(port: int, messages: int, *, keeps: bool = False) -> float:
    """Messages a second of Postfix's own load generator, whose messages are all the same. As it comes it opens a
    connection for each; `keeps`: it uses its connections again.
    """
    words = ["-s", str(CONNECTIONS), "-m", str(messages), "-l", str(SIZE), "-N", *(["-d"] if keeps else [])]
    began = time.perf_counter()
    subprocess.run(
        [str(_find("smtp-source")), *words, "-f", "a@b.example", "-t", "c@d.example", f"127.0.0.1:{port}"], check=True
    )
    return messages / (time.perf_counter() - began)


async def plain(host: str, port: int, messages: int) -> float:
    """Messages a second of aiosmtplib as its documentation uses it: connections kept, one message after another."""
    content = b"Subject: x\r\n\r\n" + (b"y" * 76 + b"\r\n") * (SIZE // 78)
    left = iter(range(messages))

    async def send() -> None:
        async with SMTP(hostname=host, port=port, start_tls=False, timeout=60) as smtp:
            for number in left:
                await smtp.sendmail("a@b.example", [f"p{number}@example.org"], content)

    began = time.perf_counter()
    await asyncio.gather(*(send() for _ in range(CONNECTIONS)))
    return messages / (time.perf_counter() - began)


@contextlib.asynccontextmanager
async def far_away(port: int, seconds: float) -> AsyncIterator[int]:
    """A way to `port` on which every byte takes so long, in each direction."""
    loop = asyncio.get_running_loop()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 18):
                loop.call_later(seconds, writer.write, data)
        loop.call_later(seconds, writer.close)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, answers = await asyncio.open_connection("127.0.0.1", port, limit=1 << 18)
        for one in (writer, answers):
            sock: socket.socket = one.get_extra_info("socket")
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(pump(reader, answers), pump(there, writer))

    server = await asyncio.start_server(meet, "127.0.0.1", 0, limit=1 << 18)
    try:
        found: int = server.sockets[0].getsockname()[1]
        yield found
    finally:
        server.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _find(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit("smtp-sink did not start")
