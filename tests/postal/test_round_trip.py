"""Thousands of real addresses: what was typed becomes the post's lines, and these are read as the same address."""

import csv
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.postal.address import Address, address_key
from server.postal.lines import postal_block
from server.postal.typed import read_typed
from tests.corpora import corpus

SHARE = 0.99


def _rows() -> Iterator[tuple[str, dict[str, str]]]:
    for path in sorted((corpus("french-addresses") / "geocoder-tester").glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            yield from (
                (path.name, {name: (row[name] or "").strip() for name in row if name}) for row in csv.DictReader(file)
            )


def _known_addresses() -> dict[str, Address]:
    """One per house of the corpus: town and postcode stand in different rows."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for name, row in _rows():
        if row.get("expected_street"):
            street = f"{row.get('expected_housenumber', '')} {row['expected_street']}".strip()
            known = found.setdefault((name, street), {"postcode": "01000", "post_town": "Bourg-en-Bresse"})
            known |= {"postcode": row["expected_postcode"].zfill(5)} if row.get("expected_postcode") else {}
            known |= {"post_town": row["expected_city"]} if row.get("expected_city") else {}
    return {
        f"{street}, {known['postcode']} {known['post_town']}": Address(street=street, **known)
        for (_, street), known in found.items()
    }


def _typed_by_people() -> set[str]:
    path: Path = corpus("french-addresses") / "addok-france-cases.json"
    cases = json.loads(path.read_text(encoding="utf-8"))
    return {row.get("query", "") for _, row in _rows()} | {c["input"] for c in cases if isinstance(c["input"], str)}


def _comes_back(address: Address) -> bool | None:
    """Whether the printed lines are read as the same address; None if it is listed for correction."""
    block = postal_block(dataclasses.replace(address, name="Mme Zoé Lévêque"))
    if not block.is_printable:
        return None
    return address_key(read_typed("\n".join(block.lines), is_named=True)) == address_key(address)


def test_real_addresses_survive_the_post() -> None:
    known = _known_addresses()
    assert len(known) > 1_500
    passed = [typed for typed, address in known.items() if address_key(read_typed(typed)) == address_key(address)]
    back = {typed: _comes_back(address) for typed, address in known.items()}
    lost = sorted({*known} - {*passed} | {typed for typed, came in back.items() if came is False})
    listed = [typed for typed, came in back.items() if came is None]
    print(f"{len(known)} addresses, {len(lost)} lost: {lost}, {len(listed)} listed: {listed}")  # noqa: T201
    assert 1 - len(lost) / len(known) >= SHARE
    assert len(listed) / len(known) <= 1 - SHARE


def test_whatever_people_typed_is_read_the_same_from_the_envelope() -> None:
    read = [read_typed(typed) for typed in _typed_by_people()]
    whole = [one for one in read if one.postcode and one.street]
    assert len(whole) > 2_000
    back = [_comes_back(dataclasses.replace(one, post_town=one.post_town or "Bourg-en-Bresse")) for one in whole]
    assert back.count(False) / len(back) <= 1 - SHARE


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (
            "Immeuble Plein-Centre 60, avenue du Centre 78180 Montigny-le-Bretonneux",
            Address("", "", "Immeuble Plein-Centre", "60 avenue du Centre", "", "78180", "Montigny-le-Bretonneux"),
        ),
        (
            "12, place de l’Hôtel-de-Ville BP 46 02150 Sissonne",
            Address("", "", "", "12 place de l’Hôtel-de-Ville", "BP 46", "02150", "Sissonne"),
        ),
        (
            "12e étage Rue Gustave-Delory 59017 Lille Cedex 07",
            Address("", "12e étage", "", "Rue Gustave-Delory", "", "59017", "Lille Cedex 07"),
        ),
        (
            "M. et Mme Noël\nappt 3\nRésidence du Lac\n3 rue Basse\nLes Chênes\n93290 Tremblay-en-France",
            Address(
                "M. et Mme Noël",
                "appt 3",
                "Résidence du Lac",
                "3 rue Basse",
                "Les Chênes",
                "93290",
                "Tremblay-en-France",
            ),
        ),
    ],
)
def test_parts_are_told_apart(typed: str, address: Address) -> None:
    assert read_typed(typed, is_named="\n" in typed) == address


@given(st.text(max_size=200))
def test_nothing_typed_breaks_the_reading(typed: str) -> None:
    postal_block(read_typed(typed, is_named=True))
