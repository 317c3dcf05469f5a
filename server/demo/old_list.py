"""The list that the town hall kept in a spreadsheet before: the same people as a CSV, as its columns were called."""

import csv
import io
from collections.abc import Iterable

from server.demo.people import Person, town_data
from server.residents.models import Channel, Edition

_COLUMNS = (
    "Nom",
    "Courriel",
    "Téléphone",
    "Adresse",
    "Code postal",
    "Ville",
    "Canal",
    "Rubriques",
    "Secteur",
    "Édition",
)
_CHANNELS = {Channel.EMAIL: "courriel", Channel.POST: "poste", Channel.HAND: "boîte", Channel.COUNTER: "accueil"}
_EDITIONS = {Edition.STANDARD: "", Edition.LARGE_PRINT: "gros caractères", Edition.EASY_READ: "FALC"}


def as_list(everybody: Iterable[Person]) -> bytes:
    """A CSV with semicolons, as a French spreadsheet saves it."""
    topics = {topic["slug"]: topic["name"] for topic in town_data()["topics"]}
    town = town_data()["identity"]
    file = io.StringIO()
    rows = csv.writer(file, delimiter=";", lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    for person in everybody:
        rows.writerow(
            (
                person.name,
                person.email or "",
                person.phone,
                f"{person.number} {person.street}",
                town["postcode"],
                town["post_town"],
                _CHANNELS[person.channel],
                ", ".join(topics[slug] for slug in person.topics),
                person.sector,
                _EDITIONS[person.edition],
            )
        )
    return file.getvalue().encode()
