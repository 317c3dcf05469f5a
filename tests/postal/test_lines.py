"""Whatever an address holds, what is printed keeps the post's rules, or the address is listed with its fault."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.postal.abbreviations import KINDS, TITLES, shortened, spelt_out
from server.postal.address import Address
from server.postal.capitals import bare, capitals
from server.postal.lines import Fault, PostalBlock, Rule, postal_block

_words = st.text(st.characters(codec="latin-1", categories=("L", "N", "P", "Zs")), max_size=60)
addresses = st.builds(Address, *[_words] * 7)
BARE = re.compile(r"[A-Z0-9]+(?: [A-Z0-9]+)*")


@given(addresses)
def test_what_is_printable_keeps_every_rule(address: Address) -> None:
    block = postal_block(address)
    assert len(block.lines) <= 6
    assert all(block.lines)
    if not block.is_printable:
        return
    assert all(len(line) <= 38 for line in block.lines)
    assert all(line == capitals(line) and line.isascii() for line in block.lines[-3:])
    behind = [address.street, address.locality, address.post_town]
    last = block.lines[-sum(bool(bare(one)) for one in behind) :]
    assert all(BARE.fullmatch(line) for line in last)
    assert re.match(r"\d{5} \S", block.lines[-1])


@given(addresses)
def test_no_line_is_ever_cut_and_people_read_their_accents(address: Address) -> None:
    block = postal_block(address)
    for field in ("name", "inside", "outside", "street", "locality"):
        text = " ".join(getattr(address, field).split())
        assert not text or text in block.spoken
    too_long = [line for line in block.lines if len(line) > 38]
    assert len(too_long) == sum(fault.rule is Rule.LENGTH for fault in block.faults)


def _block(street: str, town: str = "Étretat", **more: str) -> PostalBlock:
    return postal_block(Address(name="Mme Zoé Lévêque", street=street, postcode="76790", post_town=town, **more))


@pytest.mark.parametrize(
    ("street", "line"),
    [
        ("Avenue des Fleurs", "AVENUE DES FLEURS"),
        ("5 bis, rue de l’Œuvre-d’Août", "5 B RUE DE L OEUVRE D AOUT"),
        ("5ter rue Haute", "5 T RUE HAUTE"),
        ("4 à 8 rue Haute", "4 RUE HAUTE"),
        ("12/14 rue Haute", "12 RUE HAUTE"),
        ("12A impasse du Lavoir", "12 A IMPASSE DU LAVOIR"),
        ("Z.A. de la Mare", "ZA DE LA MARE"),
        ("2 L’Orée", "2 L OREE"),
        ("7 rue du 8-Mai-1945", "7 RUE DU 8 MAI 1945"),
        ("1 avenue du Commandant Ernest Soubielle", "1 AV DU CDT ERNEST SOUBIELLE"),
        ("Avenue du Maréchal de Lattre de Tassigny", "AV DU MAL DE LATTRE DE TASSIGNY"),
    ],
)
def test_the_line_of_the_street(street: str, line: str) -> None:
    assert _block(street).lines[-2] == line


def test_the_block_of_a_flat() -> None:
    block = _block("12 rue de l’Église", inside="Appt 4, 2e étage", outside="Résidence Les Îles", locality="B.P. 12")
    assert block.is_printable
    assert block.lines == (
        *("Mme Zoé Lévêque", "Appt 4, 2e étage", "Résidence Les Îles"),
        *("12 RUE DE L EGLISE", "BP 12", "76790 ETRETAT"),
    )
    assert block.spoken[-1] == "76790 Étretat"


def test_each_fault_names_its_field() -> None:
    assert postal_block(Address()).faults == (
        *(Fault(Rule.NAME, "name"), Fault(Rule.DOOR, "street")),
        *(Fault(Rule.POSTCODE, "postcode"), Fault(Rule.POST_TOWN, "post_town")),
    )
    assert _block("12 rue de la Moitié-de-la-Nuit-Toute-Longue").faults == (Fault(Rule.LENGTH, "street", 5),)
    assert _block("rue Лев").faults == (Fault(Rule.LETTERS, "street"),)
    assert "5" in str(Fault(Rule.LENGTH, "street", 5).message)
    assert all(str(Fault(rule, "street", 1).message) for rule in Rule)


@given(st.lists(st.sampled_from([*KINDS, *TITLES, "DE", "LA", "JEAN", "MOULIN"]), min_size=1, max_size=6).map(" ".join))
def test_a_shortened_street_is_still_the_same_street(label: str) -> None:
    short = shortened(label, 1)
    assert spelt_out(short) == spelt_out(label)
    assert short.rsplit(maxsplit=1)[-1] == label.rsplit(maxsplit=1)[-1]
    assert shortened(label, len(label)) == label


def test_no_two_words_are_shortened_alike() -> None:
    assert len(set(KINDS.values())) == len(KINDS)
    assert len(set(TITLES.values())) == len(TITLES)
