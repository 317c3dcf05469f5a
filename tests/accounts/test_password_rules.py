"""Which passwords are refused, and that no rule but length and fame is asked for (S01)."""

import pytest

from server.accounts.password_rules import LONGEST, common_passwords, refuse_weak, weakness_of
from server.accounts.passwords import hash_password, is_right
from server.core.errors import Invalid
from tests.hashing import IN_EARNEST

CONTEXT = (
    "Saint-Aubin-les-Prés",
    "saint-aubin",
    "mairie@saint-aubin.example",
    "Alice Martin",
    "a.martin@mairie.example",
)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "1234567",
        "septlet",
        "password",
        "PASSWORD",
        "Password1!",
        "p@ssw0rd",
        "motdepasse",
        "MotDePasse2026",
        "azertyuiop",
        "qwertyuiop",
        "12345678",
        "87654321",
        "abcdefgh",
        "aaaaaaaa",
        "abababab",
        "soleil2024",
        "doudou!!!!",
        "marseille13",
        "jetaime123",
        "mairie2026",
        "Mairie2026!",
        "m@irie2026",
        "saintaubin41",
        "Saint-Aubin-les-Prés",
        "alicemartin",
        "martin.alice.2026",
        "Tambour-2026",
        "MairieSaintAubin",
        "x" * (LONGEST + 1),
    ],
)
def test_what_would_be_guessed_is_refused(password: str) -> None:
    assert weakness_of(password, CONTEXT) is not None


@pytest.mark.parametrize(
    "password",
    [
        "huit let",
        "xk7qzvrt",
        "correct horse battery staple",
        "trois mots choisis par hasard",
        "la mairie ouvre à neuf heures le lundi",
        "ÉLÉPHANT-bleu-marine",
        "пароль из слов",
        "密码由几个词组成吧",
        "🐙 poulpe et 🦊 renard",
        "  des espaces autour  ",
        "0123456789 et puis quoi",
        "k" * 31 + "q" * 33,
        "un mot de passe de soixante-quatre signes, espaces comprises, oui",
        "z9" * 64,
        "long " * (LONGEST // 5),
    ],
)
def test_no_rule_of_composition_is_asked(password: str) -> None:
    assert weakness_of(password, CONTEXT) is None


def test_the_refusal_names_its_field() -> None:
    with pytest.raises(Invalid) as refused:
        refuse_weak("mairie2026", CONTEXT, field="new")
    assert set(refused.value.fields) == {"new"}


def test_the_list_is_long_and_in_the_form_it_is_searched_in() -> None:
    assert len(common_passwords()) > 3000
    assert all(one == one.casefold() and len(one) >= 4 for one in common_passwords())


@pytest.mark.parametrize(
    "password", ["é" * 64, "mot\u00a0de\u200bpasse étrange", "a\x00b de neuf signes", "\ud800 seul et long"]
)
async def test_every_character_counts_as_typed(password: str) -> None:
    stored = await hash_password(password)
    assert await is_right(stored, password)
    assert not await is_right(stored, password + " ")


async def test_the_same_letters_of_another_keyboard_are_the_same() -> None:
    stored = await hash_password("cafe\u0301 du matin")
    assert await is_right(stored, "caf\u00e9 du matin")


async def test_nobodys_password_is_never_right() -> None:
    assert not await is_right(None, "")
    assert not await is_right(None, "n’importe quoi")
    assert not await is_right("not a hash", "n’importe quoi")


def test_a_password_costs_in_earnest_what_owasp_asks() -> None:
    """Tests hash with less; an instance never does."""
    assert IN_EARNEST.time_cost >= 1
    assert IN_EARNEST.memory_cost >= 46 * 1024
    assert IN_EARNEST.verify(IN_EARNEST.hash("le tambour du bourg"), "le tambour du bourg")
