"""An address file of a town that does not exist, in the layout of the national base."""

from collections.abc import Iterable

HEAD = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;source_position;"
    "source_nom_voie;certification_commune"
)
Door = tuple[str, int, str]
"""Street, number, repetition."""


def ban(doors: Iterable[Door], *, district: str = "") -> bytes:
    """Streets lie from west to east in the order in which they come."""
    rows, streets = [HEAD], []
    for street, number, repetition in doors:
        if street not in streets:
            streets.append(street)
        lon = 5.2 + streets.index(street) / 100
        rows.append(
            f"x_{number};;{number};{repetition};{street};01990;01999;Val-Ébauche;;{district};1.0;2.0;{lon};"
            f"{46.1 + number / 10_000};entrée;;;VAL EBAUCHE;;commune;commune;1"
        )
    return "\n".join(rows).encode()
