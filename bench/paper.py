"""What paper takes: a bulletin, an edit seen, window letters, labels, a booklet, a pack for the boards; one line of JSON last.

WeasyPrint, which `make bench` installs, is measured beside it on the same words. See docs/measurements.md.
"""

import argparse
import asyncio
import io
import json
import resource
import statistics
import time
from base64 import b64encode
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from html import escape
from typing import Any

import pikepdf

from server.content.html import to_html
from server.content.markdown import parse
from server.content.pictures import PictureView
from server.issues.paper_pages import SHOWN_WHILE_TYPED
from server.press.bulletin import BulletinLook, preview_bulletin, print_bulletin
from server.press.imposition import impose_booklet
from server.press.issue import PaperIssue
from server.press.labels import Placing, print_labels
from server.press.letters import Letter, print_letters
from server.press.poster import print_poster
from server.press.process import Press, printing_on
from server.press.shelf import Shelf
from tests.press import posters
from tests.press.issues import COMPOST, EDITORIAL, GROUP, ISSUER, LIBRARY, WORKS, article, issue, landscape

try:
    import weasyprint
except ModuleNotFoundError:
    raise SystemExit("WeasyPrint is missing: make bench, or pip install -e '.[bench]'") from None

PHOTOS = 20
TEXTS = {"La Grande-Rue fermée aux voitures": WORKS, "Bourse aux livres": LIBRARY, "Composteurs à prix réduit": COMPOST}
LOOK = BulletinLook()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--letters", type=int, default=10_000)
    words.add_argument("--rivals", type=int, default=100, help="letters that WeasyPrint sets, in one document")
    asked = words.parse_args()
    print(json.dumps(asyncio.run(_measure(asked.letters, asked.rivals))))


async def _measure(letters: int, rivals: int) -> dict[str, object]:
    found: dict[str, object] = {}
    await _letters(found, letters)  # first: afterwards this process has held more than letters need
    for part in (_bulletin, _labels, _board_pack):
        await _on_a_new_press(part, found)
    _weasyprint(found, rivals)
    return found


async def _on_a_new_press(part: Callable[[dict[str, object]], Awaitable[None]], found: dict[str, object]) -> None:
    """Each part begins with a typesetter that has set nothing."""
    press = Press()
    try:
        with printing_on(press):
            await part(found)
    finally:
        press.close()
    print(json.dumps(found), flush=True)


# --- a bulletin ---------------------------------------------------------------------------------------------------------


def sixteen_pages() -> PaperIssue:
    """Twenty articles with a photograph each, and as much text between them as fills sixteen pages of A4."""
    photos = {f"photo{at}": landscape(at, (1200, 800)) for at in range(PHOTOS)}
    shown = [_with_photo(at) for at in range(PHOTOS)]
    plain = [
        article(f"Nouvelles du bourg, {at}", f"{WORKS}\n\n{COMPOST}\n\n{GROUP}", topic="Vie locale") for at in range(31)
    ]
    return issue(
        articles=(*shown, *plain), pictures={**photos, "cover": landscape(99, (1200, 800))}, agenda=issue().agenda * 4
    )


def _with_photo(at: int) -> Any:
    one = article(f"Bourse aux livres, {at}", f"{LIBRARY}\n\n{COMPOST}", topic="Culture")
    blocks = tuple({**block, "file": f"photo{at}"} if block["kind"] == "image" else block for block in one.blocks)
    return replace(one, blocks=blocks)


async def _bulletin(found: dict[str, object]) -> None:
    whole = sixteen_pages()
    began = time.perf_counter()
    made = await print_bulletin(whole, LOOK)
    found["bulletin_cold_s"] = round(time.perf_counter() - began, 2)
    found["bulletin_pages"] = made.fit.pages
    found |= await _edits(whole)
    await _booklet(found, made.pdf)


async def _edits(whole: PaperIssue) -> dict[str, object]:
    """From a changed word to the pictures, as `server/issues` asks for them: of all pages, where those on which nothing
    changed are on the shelf; of all pages, each drawn anew; of the first ones, which stand beside what is being typed.
    """
    shelf, spent = Shelf(), defaultdict[str, list[float]](list)
    for at in range(8):
        for name, kept, most in (("edit", shelf, 99), ("anew", Shelf(), 99), ("typed", Shelf(), SHOWN_WHILE_TYPED)):
            edited = replace(whole.articles[7], title=f"Un mot a changé {at} {name}")
            changed = replace(whole, articles=(*whole.articles[:7], edited, *whole.articles[8:]))
            began = time.perf_counter()
            pages, _ = await preview_bulletin(changed, LOOK)
            for number in range(1, min(most, len(pages.fingerprints)) + 1):
                await kept.page(pages, number)
            spent[f"preview_{name}_ms"].append(1000 * (time.perf_counter() - began))
    return {name: round(statistics.median(times[1:])) for name, times in spent.items()}


async def _booklet(found: dict[str, object], pdf: bytes) -> None:
    """Thirty-six pages: those of the bulletin and again as many as are missing."""
    pages = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as source:
        while len(source.pages) < 36:
            source.pages.append(source.pages[len(source.pages) - 16])
        source.save(pages)
    began = time.perf_counter()
    impose_booklet(pages.getvalue())
    found["booklet_36_s"] = round(time.perf_counter() - began, 3)


# --- the post -----------------------------------------------------------------------------------------------------------


def addresses(count: int) -> list[tuple[str, ...]]:
    return [
        (
            f"MME JEANNE LEVEQUE {at}",
            "APPARTEMENT 12",
            f"{at % 90 + 1} BIS RUE DES ECOLES",
            "LES TROIS CHENES",
            "41999 SAINT AUBIN",
        )
        for at in range(count)
    ]


async def _letters(found: dict[str, object], count: int) -> None:
    """Two pages each, a photograph in them. Processor time and memory are those of this process and its typesetters."""
    before, began, size = _processor_seconds(), time.perf_counter(), 0

    async def run(_: dict[str, object]) -> None:
        nonlocal size
        async for file in print_letters(Letter(issue()), addresses(count)):
            size += len(file)

    await _on_a_new_press(run, found)
    busy = _processor_seconds() - before
    found |= {"letters_s": round(time.perf_counter() - began, 1), "letters_mb_of_pdf": round(size / 1e6, 1)}
    found |= {"letters_per_s_core": round(count / busy), "letters_peak_mb": _peak_mb()}


def _peak_mb() -> int:
    """The most this process has held, and the most one of its children has."""
    return sum(resource.getrusage(who).ru_maxrss >> 10 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


async def _labels(found: dict[str, object]) -> None:
    began = time.perf_counter()
    async for _ in print_labels(addresses(3_000), Placing()):
        pass
    found["labels_3000_s"] = round(time.perf_counter() - began, 2)


async def _board_pack(found: dict[str, object]) -> None:
    """Forty boards, a poster of its own on each, in one file in the order of the round."""
    began = time.perf_counter()
    with pikepdf.new() as pack:
        for board in range(40):
            pdf = await print_poster(
                posters.poster(f"{COMPOST} Panneau {board}.", title=f"Coupure d’eau, secteur {board}")
            )
            with pikepdf.open(io.BytesIO(pdf)) as poster:
                pack.pages.extend(poster.pages)
        pack.save(io.BytesIO())
    found["board_pack_s"] = round(time.perf_counter() - began, 2)


# --- WeasyPrint on the same words ---------------------------------------------------------------------------------------

_STYLE = """@page { size: A4; margin: 18mm 20mm 17mm } body { font: 10.4pt/13.6pt Libertinus Serif, serif }
.letter { break-before: page } .head { height: 84mm; position: relative } .window { position: absolute; left: 82mm; top: 37mm;
font: 10pt/4mm DejaVu Sans Mono, monospace; white-space: pre } .columns { columns: 2; column-gap: 8mm } h2 { font-size: 18pt }
.three { columns: 3; column-gap: 6mm } img { width: 100% }"""


def _weasyprint(found: dict[str, object], letters: int) -> None:
    photo = b64encode(issue().pictures["photo"]).decode()
    body = "".join(
        f"<h2>{title}</h2>{_html(text, photo)}" for title, text in [("Éditorial", EDITORIAL), *TEXTS.items()]
    )
    agenda = "".join(f"<p>{escape(' · '.join(entry))}</p>" for entry in issue().agenda)
    head = f"<b>{ISSUER.name}</b><p>{ISSUER.address}<p>{ISSUER.phone}"
    whole = "".join(
        f'<div class="letter"><div class="head">{head}<div class="window">{chr(10).join(lines)}</div></div>'
        f'<h1>{issue().title}</h1><div class="columns">{body}{agenda}{_html(GROUP, photo)}</div></div>'
        for lines in addresses(letters)
    )
    seconds = _set_by_weasyprint(whole)
    found["weasyprint_letters_per_s"] = round(letters / seconds, 1)
    found["weasyprint_ratio"] = round(float(str(found["letters_per_s_core"])) * seconds / letters, 1)
    photos = [b64encode(landscape(at, (1200, 800))).decode() for at in range(PHOTOS)]
    shown = "".join(f"<h2>{at}</h2>{_html(f'{LIBRARY}{COMPOST}', one)}" for at, one in enumerate(photos))
    plain = f"<h2>Nouvelles</h2>{_html(f'{WORKS}{COMPOST}{GROUP}', photo)}" * 31
    found["weasyprint_bulletin_s"] = round(_set_by_weasyprint(f'<div class="three">{shown}{plain}</div>'), 2)
    found["weasyprint"] = weasyprint.__version__


def _html(text: str, photo: str) -> str:
    return str(to_html(parse(text), picture=lambda _: PictureView(f"data:image/jpeg;base64,{photo}")))


def _set_by_weasyprint(body: str) -> float:
    """Seconds of processor time: it works on one core."""
    began = time.process_time()
    weasyprint.HTML(string=f"<html lang=fr><style>{_STYLE}</style><title>x</title><body>{body}").write_pdf()
    return time.process_time() - began


if __name__ == "__main__":
    main()
