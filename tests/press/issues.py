"""Issues to print: a believable month of a small town, drawn pictures, anything of it changed."""

import io
import math
import random
from dataclasses import replace
from functools import cache
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

from server.content.markdown import parse
from server.content.printing import to_print
from server.content.typography import set_typography
from server.press.issue import Article, Cover, Issuer, PaperIssue

ISSUER = Issuer(
    name="Saint-Aubin-les-Prés",
    address="Mairie\n4 place de l’Église\n41999 Saint-Aubin-les-Prés",
    phone="02 61 91 00 10",
    email="mairie@saint-aubin.example",
    website="https://saint-aubin.example",
    hours="Lundi, mardi, jeudi : 9 h – 12 h\nMercredi : 9 h – 12 h et 14 h – 18 h\nSamedi : 10 h – 12 h",
    colour="#0b5a4a",
    data_protection="Délégué à la protection des données : dpo@saint-aubin.example.",
)
WORKS = """Le gestionnaire du réseau remplace la conduite de gaz, qui date de 1974. La Grande-Rue est fermée aux voitures
**du 30 novembre au 11 décembre**, jour et nuit.

## Ce qui change

| Pour | Pendant les travaux |
| --- | --- |
| Les riverains | accès avant 8 h et après 17 h |
| Les voitures | déviation par la rue du Lavoir |

Les trottoirs restent libres : la boulangerie, la pharmacie et la poste travaillent *comme d’habitude*. Merci de leur rester
fidèles, ces deux semaines comptent pour eux."""
LIBRARY = """La bibliothèque fait de la place : huit cents livres cherchent une étagère. Romans, bandes dessinées,
jardinage, et une encyclopédie complète à qui saura la porter.

![Une table couverte de livres devant la fenêtre](picture)

- Le samedi de 10 h à 17 h, dans la cour.
- S’il pleut, dans la salle du conseil.

Avec le produit de l’an dernier, nous avons acheté trente et un romans en gros caractères. Renseignements :
[bibliotheque@saint-aubin.example](mailto:bibliotheque@saint-aubin.example)."""
COMPOST = """Un tiers de nos poubelles peut nourrir la terre. Trente composteurs de quatre cents litres sont cédés à
quinze euros ; ils se réservent par téléphone et se retirent samedi à dix heures, au jardin partagé.

Jeannine, qui composte depuis 1983, explique en une heure ce qu’on y met, ce qu’on n’y met pas, et pourquoi il ne sent
rien."""
EDITORIAL = """Cette lettre vous arrive par courriel, par la poste, dans votre boîte ou à l’accueil : **vous avez
choisi, et c’est très bien ainsi.**

Vous connaissez quelqu’un qui ne la reçoit pas ? Un coup de téléphone suffit."""
GROUP = """Le budget a été voté sans que la commission des finances se soit réunie. Nous demandons que les comptes soient
présentés avant d’être votés, et qu’une réunion publique ait lieu chaque année."""


def blocks(markdown: str) -> tuple[dict[str, Any], ...]:
    """Print data of an author's words; their pictures are called "photo"."""
    printed = to_print(set_typography(parse(markdown), "fr"))
    return tuple({**one, "file": "photo"} if one["kind"] == "image" else one for one in printed)


def article(title: str, body: str, **changes: Any) -> Article:
    return Article(title, blocks=blocks(body), **changes)


@cache
def landscape(seed: int = 3, size: tuple[int, int] = (900, 600)) -> bytes:
    """Hills under a low sun: heavy enough for a photograph, the same for the same seed."""
    chance, (width, height) = random.Random(seed), size
    drawn = Image.new("RGB", size)
    pen = ImageDraw.Draw(drawn)
    for y in range(height):
        share = min(1.0, y / (height * 0.62))
        pen.line(
            [(0, y), (width, y)],
            fill=tuple(round(a + (b - a) * share) for a, b in ((160, 250), (195, 228), (235, 195))),
        )
    sun = chance.randrange(width // 5, 4 * width // 5)
    pen.ellipse([sun - 40, 0.38 * height - 40, sun + 40, 0.38 * height + 40], fill=(255, 246, 214))
    for hill in range(6):
        phases = [chance.random() * math.tau for _ in range(3)]
        line = [(x, _ridge(hill, x / width, phases) * height) for x in range(0, width + 1, 6)]
        near = hill / 5
        colour = tuple(round(a + (b - a) * near) for a, b in ((150, 34), (178, 74), (190, 46)))
        pen.polygon([*line, (width, height), (0, height)], fill=colour)
    content = io.BytesIO()
    drawn.filter(ImageFilter.GaussianBlur(1.2)).save(content, "JPEG", quality=86)
    return content.getvalue()


def _ridge(hill: int, x: float, phases: list[float]) -> float:
    waves = math.sin(4 * x + phases[0]) + 0.5 * math.sin(9 * x + phases[1]) + 0.2 * math.sin(23 * x + phases[2])
    return 0.42 + 0.1 * hill + (0.09 - 0.008 * hill) * waves


def issue(**changes: Any) -> PaperIssue:
    """November in Saint-Aubin, with anything changed."""
    november = PaperIssue(
        title="La lettre de novembre",
        issuer=ISSUER,
        number="N° 12",
        date="Novembre 2026",
        editorial=article("Éditorial", EDITORIAL, signed="Camille Morel, maire"),
        articles=(
            article(
                "La Grande-Rue fermée aux voitures",
                WORKS,
                topic="Travaux et circulation",
                summary="La rue est barrée entre la place de l’Église et la poste. Les commerces restent ouverts.",
                facts=(("Qui ?", "Tous ceux qui passent par le bourg"), ("Quand ?", "Du 30 novembre au 11 décembre")),
                contact="Services techniques, 02 61 91 00 20",
            ),
            article("Bourse aux livres de la bibliothèque", LIBRARY, topic="Culture"),
            article("Composteurs à prix réduit", COMPOST, topic="Environnement", contact="Mairie, 02 61 91 00 10"),
        ),
        agenda=(
            ("Samedi 5 décembre, 10 h", "Marché de Noël", "Place de l’Église"),
            ("Mardi 8 décembre, 20 h 30", "Conseil municipal", "Salle du conseil"),
            ("Dimanche 13 décembre, 12 h", "Repas des aînés", "Salle des fêtes"),
        ),
        groups=(
            article(
                "Saint-Aubin autrement",
                GROUP,
                topic="Expression des élus de l’opposition",
                signed="Nora Benali, conseillère municipale",
                contact="Texte reçu le 20 novembre 2026 à 18 h 12",
            ),
        ),
        cover=Cover("cover", "Le soleil bas sur les collines", "Les prés de la Ville-Basse, un matin de novembre."),
        imprint=("Directeur de la publication : Camille Morel, maire.", "Imprimé par les services de la mairie."),
        pictures={"cover": landscape(3), "photo": landscape(8, (600, 400))},
    )
    return replace(november, **changes)


def with_words(count: int) -> PaperIssue:
    """The month with one more article of so many words."""
    words = COMPOST.split()
    text = [words[at % len(words)] for at in range(count)]
    body = "\n\n".join(" ".join(text[at : at + 70]) for at in range(0, count, 70))
    return issue(articles=(*issue().articles, article("Un long article", body)))
