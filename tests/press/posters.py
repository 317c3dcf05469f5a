"""Posters to print: a believable one to change, texts of any length, pictures made on the spot."""

import io
from dataclasses import replace
from typing import Any

from PIL import Image

from server.content.markdown import parse
from server.content.printing import to_print
from server.press.poster import Poster

NOTICE = Poster(
    family="information",
    title="Coupure d’eau",
    issuer_name="Saint-Aubin-les-Prés",
    issuer_address="Mairie, 4 place de l’Église\n00000 Saint-Aubin-les-Prés",
    facts=(("Qui ?", "rue des Tilleuls et rue du Lavoir"), ("Quand ?", "mardi 1er décembre, de 8 h à 16 h")),
    contact_name="Mairie",
    contact_phone="05 00 00 00 00",
    contact_hours="lundi : 9 h – 12 h\nvendredi : 14 h – 18 h",
    number="Avis n° 2026-091",
    posted="affiché du 24 novembre au 1er décembre 2026",
    colour="#0055a4",
)
SENTENCE = "La régie remplace la conduite principale et coupe l’eau toute la journée sans remise en service à midi. "
WORDS = SENTENCE.split()


def poster(body: str = "L’eau est coupée toute la journée.", **changes: Any) -> Poster:
    """The notice with another body, in Markdown, and anything else changed."""
    return replace(NOTICE, **{"blocks": tuple(to_print(parse(body))), **changes})


def paragraphs(*texts: str) -> tuple[dict[str, Any], ...]:
    """Print data of plain paragraphs, whatever the words look like."""
    return tuple({"kind": "paragraph", "children": [{"kind": "text", "text": text}]} for text in texts)


def body_of(words: int) -> tuple[dict[str, Any], ...]:
    """A body of so many words, in paragraphs of sixty."""
    text = [WORDS[at % len(WORDS)] for at in range(words)]
    return paragraphs(*(" ".join(text[at : at + 60]) for at in range(0, words, 60)))


def image(name: str, alternative: str, caption: str = "") -> dict[str, Any]:
    return {"kind": "image", "file": name, "alternative": alternative, "caption": caption, "width": 60, "height": 40}


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), colour: str = "#c81e1e") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, kind)
    return content.getvalue()
