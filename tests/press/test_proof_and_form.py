"""What is signed: the proof that says exactly which text it is, and the form that says what is signed for."""

import io
from dataclasses import replace

import pikepdf
import pytest

from server.content.markdown import parse
from server.content.printing import to_print
from server.press.errors import LinesTooMany
from server.press.form import FormFormat, PaperForm, print_forms
from server.press.proof import Proof, Section, print_proof
from tests.press.posters import body_of
from tests.press.reading import page_count, said_on, structure

HASH = "9f2c1d0a77b35e48" * 4
SECTION = Section(
    "Coupure d’eau", "L’eau est coupée.", (("Quand :", "mardi"),), tuple(to_print(parse("Un.\n\n- deux")))
)
PROOF = Proof("Saint-Aubin", "Coupure d’eau", "Avis n° 2026-091", "version 4", HASH, "enregistré par Bob", (SECTION,))
FORM = PaperForm(
    issuer_name="Saint-Aubin-les-Prés",
    address="Mairie\n4 place de l’Église\n41000 Saint-Aubin",
    phone="02 54 00 00 00",
    hours="Lundi : 9 h – 12 h",
    topics=("La lettre", "Travaux", "École"),
    consent="Je demande à recevoir la lettre.",
    legal="La mairie n’utilise ces données que pour cela. dpo@saint-aubin.example",
    calls="Un jour d’urgence, la mairie peut me téléphoner.",
)


async def test_a_proof_numbers_its_lines_and_names_its_text() -> None:
    pdf = await print_proof(PROOF)
    said = said_on(pdf)
    for words in ("Avis n° 2026-091", "version 4", "enregistré par Bob", "Coupure d’eau", "Un.", "deux"):
        assert words in said
    assert said.replace(" ", "").count(HASH) == 1
    assert " 1 2 3 4 5 " in said
    assert [tag for tag, _ in structure(pdf) if tag[0] == "H"] == ["H1", "H2"]


async def test_every_page_of_a_long_proof_says_which_text_it_is_of() -> None:
    long = replace(PROOF, sections=(Section("Long", blocks=body_of(5_000)),))
    pdf = await print_proof(long)
    pages = page_count(pdf)
    assert pages > 5
    assert said_on(pdf).count(f"version 4 · {HASH[:16]}") == pages
    assert f"{pages}/{pages}" in said_on(pdf)


@pytest.mark.parametrize("size", ["a4", "a5"])
async def test_a_form_has_its_number_on_both_parts_and_all_its_words(size: FormFormat) -> None:
    pdf = await print_forms(replace(FORM, format=size), ["0041", "0042"])
    said = said_on(pdf)
    assert page_count(pdf) == 2
    assert said.count("0041") == said.count("0042") == 2
    for words in (FORM.consent, FORM.legal, *FORM.topics, FORM.phone, "Mairie, 4 place de l’Église, 41000 Saint-Aubin"):
        assert words in said
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.open_metadata()["pdfuaid:part"] == "1"


async def test_a_form_with_too_many_topics_is_refused_not_cut() -> None:
    many = replace(FORM, topics=tuple(f"Sujet {n}" for n in range(80)))
    with pytest.raises(LinesTooMany):
        await print_forms(many, ["1"])
