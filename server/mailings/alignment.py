"""Whether receivers can believe that a mail is the town's: SPF, DKIM, DMARC and MX of its sending domain, in plain words.

Each check says how things are, and, where they are not right, exactly which record to publish.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.core.i18n import Message, sentence
from server.mailings.dkim import SigningKey
from server.mailings.dkim_records import is_record_of, record_name, record_of
from server.mailings.names import Names, Silence
from server.mailings.relays import include_of


class Verdict(StrEnum):
    FINE = "fine"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Record:
    """A line of DNS, to be copied as it is."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True)
class Finding:
    """One check: what it is called, how it stands, and what to do."""

    check: str
    verdict: Verdict
    words: Message
    record: Record | None = None

    def as_data(self) -> dict[str, Any]:
        """To be kept, and said later in whatever language the reader has."""
        record = [self.record.name, self.record.kind, self.record.value] if self.record else None
        words = [self.words.msgid, self.words.params]
        return {"check": self.check, "verdict": self.verdict.value, "words": words, "record": record}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Finding":
        msgid, params = data["words"]
        record = Record(*data["record"]) if data["record"] else None
        return cls(data["check"], Verdict(data["verdict"]), Message(msgid, params), record)


@dataclass(frozen=True)
class WayOut:
    """How mail leaves: by a relay, or from a server of our own called `host`."""

    relay: str = ""
    host: str = ""


async def examine_domain(
    names: Names, domain: str, keys: Sequence[SigningKey], way: WayOut
) -> tuple[list[Finding], bool | None]:
    """Every check of `domain`, and whether a mail from it is aligned: None where the DNS does not answer."""
    spf, dkim, dmarc, exchange = await asyncio.gather(
        _or_unknown("SPF", lambda: _spf(names, domain, way)),
        _or_unknown("DKIM", lambda: _dkim(names, domain, keys)),
        _or_unknown("DMARC", lambda: _dmarc(names, domain)),
        _or_unknown("MX", lambda: _exchange(names, domain)),
    )
    return [spf, dkim, dmarc, exchange], _is_aligned(spf, dkim)


def _is_aligned(spf: Finding, dkim: Finding) -> bool | None:
    """One of the two is enough for DMARC: the sender of the envelope is of the same domain as the author."""
    if Verdict.FINE in {spf.verdict, dkim.verdict}:
        return True
    return None if Verdict.UNKNOWN in {spf.verdict, dkim.verdict} else False


async def _or_unknown(check: str, ask: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        return await ask()
    except Silence:
        return Finding(check, Verdict.UNKNOWN, sentence("The DNS does not answer, so nothing can be said of it."))


async def _spf(names: Names, domain: str, way: WayOut) -> Finding:
    needed = f"include:{include_of(way.relay)}" if include_of(way.relay) else f"a:{way.host}" if way.host else ""
    found = [text for text in await names.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    proposed = Record(domain, "TXT", f"v=spf1 {needed or 'mx'} ~all")
    if not found:
        return Finding(
            "SPF", Verdict.WRONG, sentence("No SPF record says who may send for {domain}.", domain=domain), proposed
        )
    if len(found) > 1:
        words = sentence("{domain} has several SPF records, which counts as none: keep one.", domain=domain)
        return Finding("SPF", Verdict.WRONG, words)
    terms = found[0].lower().split()
    if "+all" in terms or "all" in terms:
        words = sentence("The SPF record lets everybody send for {domain}: end it with ~all.", domain=domain)
        return Finding("SPF", Verdict.WRONG, words)
    if needed and needed.lower() not in [term.lstrip("+") for term in terms]:
        words = sentence("The SPF record does not name the way our mail leaves: add {term}.", term=needed)
        completed = " ".join([*found[0].split()[:-1], needed, found[0].split()[-1]])
        return Finding("SPF", Verdict.DOUBTFUL, words, Record(domain, "TXT", completed))
    if not needed:
        words = sentence("There is an SPF record. Check with the provider of your relay that it names the relay.")
        return Finding("SPF", Verdict.DOUBTFUL, words)
    return Finding("SPF", Verdict.FINE, sentence("The SPF record names the way our mail leaves."))


async def _dkim(names: Names, domain: str, keys: Sequence[SigningKey]) -> Finding:
    own = [key for key in keys if key.domain == domain]
    if not own:
        words = sentence("Mails from {domain} are not signed here: make a key, or let the relay sign.", domain=domain)
        return Finding("DKIM", Verdict.DOUBTFUL, words)
    for key in own:
        name = record_name(domain, key.selector)
        if not any(is_record_of(key, text) for text in await names.texts(name)):
            words = sentence("The record of the key that signs is not published, or says another key.")
            return Finding("DKIM", Verdict.WRONG, words, Record(name, "TXT", record_of(key)))
    return Finding("DKIM", Verdict.FINE, sentence("Mails are signed, and the key is published."))


async def _dmarc(names: Names, domain: str) -> Finding:
    """From the domain upwards, as receivers look (RFC 9989)."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        name = f"_dmarc.{'.'.join(labels[start:])}"
        if [text for text in await names.texts(name) if text.lower().replace(" ", "").startswith("v=dmarc1")]:
            return Finding("DMARC", Verdict.FINE, sentence("A DMARC record says what receivers should do."))
    words = sentence("No DMARC record: Orange, Gmail and others refuse or hide mail without one.")
    record = Record(f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}")
    return Finding("DMARC", Verdict.WRONG, words, record)


async def _exchange(names: Names, domain: str) -> Finding:
    found = await names.exchangers(domain)
    if not found or found == [""]:
        words = sentence(
            "{domain} receives no mail: La Poste and others refuse senders that cannot be answered.", domain=domain
        )
        return Finding("MX", Verdict.WRONG, words)
    return Finding("MX", Verdict.FINE, sentence("Replies arrive: {domain} has a mail server.", domain=domain))


async def examine_reverse(names: Names, host: str) -> Finding:
    """For mail that leaves from a server of our own: its address has a name, which has this address."""

    async def ask() -> Finding:
        for address in await names.addresses(host):
            pointed = await names.reverse(address)
            if not any([address in await names.addresses(name) for name in pointed]):  # awaits
                words = sentence(
                    "{address} has no name that leads back to it: ask the host of your server for a PTR record.",
                    address=address,
                )
                return Finding("PTR", Verdict.WRONG, words, Record(address, "PTR", host))
        return Finding("PTR", Verdict.FINE, sentence("The server’s address has a name that leads back to it."))

    return await _or_unknown("PTR", ask)
