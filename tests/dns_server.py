"""A real DNS server on this machine, in the test's own loop: it answers from a small zone, or not at all."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from dns.rdatatype import RdataType


@dataclass
class Zone(asyncio.DatagramProtocol):
    """`records`: {("example.org", "MX"): ["10 mx.example.org."]}. `mute` names get no answer, `broken` ones SERVFAIL, or
    ("example.org/AAAA") at one kind of record.
    """

    records: Mapping[tuple[str, str], list[str]]
    mute: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    port: int = 0

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        question = dns.message.from_wire(data)
        name = str(question.question[0].name).rstrip(".").lower()
        kind = RdataType.to_text(question.question[0].rdtype)
        self.asked[name, kind] += 1
        if name not in self.mute:
            self._transport.sendto(self._answer(question, name, kind).to_wire(), address)

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.port}"

    @contextlib.asynccontextmanager
    async def answering(self) -> AsyncIterator["Zone"]:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]
        try:
            yield self
        finally:
            transport.close()

    def _answer(self, question: dns.message.Message, name: str, kind: str) -> dns.message.Message:
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.AA
        if self.broken & {name, f"{name}/{kind}"}:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif not any(known == name for known, _ in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif rows := self.records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text_list(f"{name}.", 60, "IN", kind, rows))
        return answer
