"""The doctor looks at the certificate of our own address: one that ends soon, or that nobody believes, is said."""

import asyncio
import ssl
from pathlib import Path

import pytest

from server.instance.certificate import examine_certificate
from server.instance.doctor import in_english
from server.mailings.alignment import Verdict
from tests.certificates import certificate_for, served


@pytest.mark.parametrize(
    ("days", "is_trusted", "verdict", "said"),
    [
        (60, True, Verdict.FINE, "holds for 59 days"),
        (5, True, Verdict.WRONG, "ends in 4 days"),
        (60, False, Verdict.WRONG, "do not believe"),
    ],
)
async def test_it_is_looked_at_as_a_browser_would(
    tmp_path: Path, days: int, is_trusted: bool, verdict: Verdict, said: str
) -> None:
    certificate = certificate_for("localhost", tmp_path, days=days)

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "localhost", 0, ssl=served(certificate))
    port = server.sockets[0].getsockname()[1]
    context = ssl.create_default_context(cafile=str(certificate)) if is_trusted else None
    async with server:
        found = await examine_certificate(f"https://localhost:{port}", context)
    assert (found.verdict, said in in_english(found)) == (verdict, True), in_english(found)


async def test_an_address_that_does_not_answer_is_not_known() -> None:
    assert (await examine_certificate("https://localhost:1")).verdict is Verdict.UNKNOWN
