"""The commune's address file is read row by row, in each of its formats; a bad row is named, a wrong file refused."""

import io

import pytest

from server.postal.address_file import AddressPoint, BadRow, NotAnAddressFile, read_address_file

BAN = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;source_position;"
    "source_nom_voie;certification_commune"
)
BAL = (
    "cle_interop;commune_insee;commune_nom;commune_deleguee_insee;commune_deleguee_nom;voie_nom;"
    "lieudit_complement_nom;numero;suffixe;position;x;y;long;lat;cad_parcelles;source;date_der_maj;certification_commune"
)


def ban_row(number: object, repetition: str = "", street: str = "Rue de l’Église") -> str:
    return (
        f"99999_0010_{number};;{number};{repetition};{street};01990;01999;Val-Ébauche;;;1.0;2.0;5.2;46.1;entrée;;;"
        "VAL EBAUCHE;RUE DE L EGLISE;commune;commune;1"
    )


def _read(*lines: str) -> list[AddressPoint | BadRow]:
    return list(read_address_file(io.BytesIO("\r\n".join(lines).encode("utf-8-sig"))))


def test_a_row_of_the_national_base() -> None:
    assert _read(BAN, ban_row(12, "bis")) == [
        AddressPoint(
            *("Rue de l’Église", 12, "BIS", "01999", "Val-Ébauche", "", "01990", "VAL EBAUCHE", "RUE DE L EGLISE"),
            place=(5.2, 46.1),
        )
    ]


@pytest.mark.parametrize("more", ["uid_adresse;", "id_ban_commune;id_ban_toponyme;id_ban_adresse;"])
def test_a_row_of_the_communes_own_base(more: str) -> None:
    before = ";" * more.count(";")
    rows = [
        f"{before}x;01999;Val-Ébauche;01998;Le Bas;Le Pré;;99999;;;;;;;;commune;2026-01-01;1",
        f"{before}x;01999;Val-Ébauche;01998;Le Bas;Rue Basse;;3;b;entrée;1.0;2.0;5.2;46.1;;commune;2026-01-01;1",
    ]
    assert _read(more + BAL, *rows) == [
        AddressPoint("Le Pré", 0, "", "01999", "Val-Ébauche", "Le Bas"),
        AddressPoint("Rue Basse", 3, "BIS", "01999", "Val-Ébauche", "Le Bas", place=(5.2, 46.1)),
    ]


def test_bad_rows_are_named_by_their_line() -> None:
    found = _read(BAN, ban_row(1), ban_row("a"), "", "1;2;3", ban_row(2, street=""), ban_row(3))
    assert [one.line for one in found if isinstance(one, BadRow)] == [3, 5, 6]
    assert [one.number for one in found if isinstance(one, AddressPoint)] == [1, 3]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nom;prenom\nA;B\n",
        "nom_voie\xe9".encode("latin-1"),
        BAN.replace(";", ",").encode(),
        b"PK\x03\x04\x00\x00",
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(NotAnAddressFile):
        list(read_address_file(io.BytesIO(content)))
