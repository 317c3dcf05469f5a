"""The corpora of hostile and difficult text, and of trackers, as the tests of this room read them."""

import csv
import json
from typing import TypedDict

from tests.corpora import corpus


class MailSample(TypedDict):
    test: str
    html: str
    label: str
    vendor: str


def hostile_payloads() -> list[str]:
    """Every payload of every set of scripts smuggled as text."""
    sets = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(corpus("xss").glob("*.json"))]
    return [entry["payload"] for entries in sets for entry in entries]


def naughty_strings() -> list[str]:
    return [str(string) for string in json.loads(corpus("naughty-strings/blns.json").read_text(encoding="utf-8"))]


def mail_samples() -> list[MailSample]:
    samples: list[MailSample] = json.loads(corpus("trackers/samples.json").read_text(encoding="utf-8"))
    return samples


def vendor_patterns() -> list[tuple[str, str]]:
    """Vendors and the regular expressions that others know them by."""
    with corpus("trackers/vendor-patterns.tsv").open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [(vendor, pattern) for vendor, pattern in rows]
