"""The designer's bench: `python -m server.press` sets every sample sheet, again and again while a template is changed."""

import io
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from server.press.errors import PressError, TemplateBroken
from server.press.process import press
from server.press.sheet import TEMPLATES, Sheet

SAMPLES = TEMPLATES / "samples"
_LOOK_AGAIN = 0.3  # seconds


def set_samples(
    names: Annotated[list[str] | None, typer.Argument(help="Samples to set; all of them if none is named.")] = None,
    out: Annotated[Path, typer.Option(help="Where PDF and pictures go.")] = Path("var/print"),
    ppi: Annotated[float, typer.Option(help="Dots per inch of the pictures.")] = 72.0,
    watch: Annotated[bool, typer.Option(help="Set them again whenever a template or a sample changes.")] = False,
) -> None:
    """Print the samples of templates/print/samples as PDF, as pictures, and as a photocopier would copy them."""
    out.mkdir(parents=True, exist_ok=True)
    seen = 0.0
    while True:
        changed = max(path.stat().st_mtime for path in TEMPLATES.rglob("*") if path.is_file())
        if changed > seen:
            for path in sorted(SAMPLES.glob("*.json")):
                if not names or path.stem in names:
                    typer.echo(_set_sample(path, out, ppi))
            seen = changed
        if not watch:
            return
        time.sleep(_LOOK_AGAIN)


def _set_sample(path: Path, out: Path, ppi: float) -> str:
    """One sample: `poster-works.json` is data for `poster.typ`."""
    started = time.perf_counter()
    sheet = Sheet(path.stem.partition("-")[0], json.loads(path.read_text()))
    try:
        (out / f"{path.stem}.pdf").write_bytes(press().print_now(sheet).pdf)
        pages = press().print_now(replace(sheet, output="png", ppi=ppi)).files
    except TemplateBroken as error:
        return f"{path.stem}: {error.diagnostic}"
    except PressError as error:
        return f"{path.stem}: {error.message}"
    for number, page in enumerate(pages, start=1):
        (out / f"{path.stem}-{number}.png").write_bytes(page)
        (out / f"{path.stem}-{number}-copied.png").write_bytes(_photocopy(page))
    return f"{path.stem}: {len(pages)} page(s), {time.perf_counter() - started:.2f} s"


def _photocopy(page: bytes) -> bytes:
    """Black or white, nothing between."""
    copied = io.BytesIO()
    Image.open(io.BytesIO(page)).convert("L").point(lambda grey: 255 if grey > 127 else 0).convert("1").save(
        copied, "PNG"
    )
    return copied.getvalue()


if __name__ == "__main__":
    typer.run(set_samples)
