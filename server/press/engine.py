"""The typesetter: a child process that sets sheets, one after the other. The only module that knows typst.

Started as `python -m server.press.engine MEGABYTES`, it reads jobs on its standard input and answers on its standard
output. Before the first job it gives up the right to open anything: no file, no network, no matter what it is fed.
"""

import json
import re
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import font_source_sans_pro
import font_source_serif_pro
import typst

from server.press import pipe
from server.press.drawing import draw_page

_CUTS = ("Regular", "It", "Semibold", "Bold", "BoldIt", "Black")
_ROOT = str(Path(__file__).parent)  # must exist; nothing in it can be opened
_REFUSED = "panicked with: refused "
_ASKED_IN_VAIN = "failed to compile document: "
_UNDRAWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_NO_DATE = 0  # a moment in the file would make two prints of one sheet differ
_SPECIMEN = """
#set document(title: "x")
#let cuts = ((400, "normal"), (400, "italic"), (600, "normal"), (700, "normal"), (700, "italic"), (900, "normal"))
#for face in ("Source Sans Pro", "Source Serif Pro", "Libertinus Serif", "DejaVu Sans Mono") {
  for (weight, style) in cuts { text(font: face, weight: weight, style: style, "a") }
}
"""
_CHARACTERS = """
#import "lib.typ": faces
#set document(title: "x")
#set text(font: faces, fallback: false)
#for one in json("data.json") [#one#text(weight: "semibold", one)#text(weight: "black", one) ]
"""


class Typesetter:
    """Fonts in memory, and the characters they are known to have."""

    def __init__(self) -> None:
        """Open every font file and start every thread: afterwards nothing needs to be opened any more.

        The package ships each cut twice, and the order of a folder is no order: the ones we print with are linked.
        """
        self._drawable = {chr(code) for code in range(0x20, 0x7F)} | {"\n", "\t"}
        self._undrawable: set[str] = set()
        with tempfile.TemporaryDirectory(prefix="tambour-press-") as chosen:
            for package, face in ((font_source_sans_pro, "SourceSansPro"), (font_source_serif_pro, "SourceSerifPro")):
                for cut in _CUTS:
                    file = f"{face}-{cut}.otf"
                    (Path(chosen) / file).symlink_to(Path(package.__file__).parent / "files" / file)
            self._fonts = typst.Fonts(include_system_fonts=False, font_paths=[chosen])
            (specimen,) = self._compile({"main.typ": _SPECIMEN.encode()}, {"output": "pdf", "standards": ["ua-1"]})
        draw_page(specimen, 1, 72)

    def set_sheet(self, job: dict[str, Any], files: dict[str, bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """The pages of one job, or a report of why there are none."""
        try:
            if missing := self._missing_characters(files):
                return {"refused": {"code": "glyph", "characters": missing}}, []
            pages = self._compile(files, job) if job["output"] != "facts" else []
            facts = typst.query(files, "<facts>", field="value", **self._surroundings())
            return {"facts": dict(*json.loads(facts))}, pages
        except typst.TypstError as error:
            return {"refused": _explain(error.message, error.diagnostic)}, []
        except RuntimeError as error:  # what `query` raises: the same message, behind words of its own
            message = str(error).removeprefix(_ASKED_IN_VAIN)
            return {"refused": _explain(message, message)}, []

    def _compile(self, files: dict[str, bytes], job: dict[str, Any]) -> list[bytes]:
        pages = typst.compile(
            files,
            format=job["output"],
            ppi=job.get("ppi"),
            pdf_standards=job["standards"] if job["output"] == "pdf" else [],
            pdf_tags=bool(job["standards"]),  # what only a printer reads needs none
            timestamp=_NO_DATE,
            **self._surroundings(),
        )
        return pages if isinstance(pages, list) else [pages]

    def _surroundings(self) -> dict[str, Any]:
        return {"root": _ROOT, "font_paths": self._fonts, "ignore_system_fonts": True}

    def _missing_characters(self, files: dict[str, bytes]) -> str:
        """Those no font of the product can draw; on a page they would be boxes, and pictures of pages do not tell."""
        said = set().union(*_strings(json.loads(files["data.json"])))
        self._try(files, sorted(said - self._drawable - self._undrawable))
        return "".join(sorted(said & self._undrawable))

    def _try(self, files: dict[str, bytes], unknown: list[str]) -> None:
        """Learn which of these can be drawn. Those that are named cannot; where none is, each half is tried alone."""
        if not unknown:
            return
        named = self._refused(files, unknown)
        if named is None:
            self._drawable.update(unknown)
        elif missing := named & set(unknown):
            self._undrawable |= missing
            self._try(files, [one for one in unknown if one not in missing])
        elif len(unknown) == 1:
            self._undrawable.update(unknown)
        else:
            middle = len(unknown) // 2
            self._try(files, unknown[:middle])
            self._try(files, unknown[middle:])

    def _refused(self, files: dict[str, bytes], characters: list[str]) -> set[str] | None:
        """Those that the typesetter names as undrawn; None if all of them are on the page."""
        trial = {
            "main.typ": _CHARACTERS.encode(),
            "lib.typ": files["lib.typ"],
            "data.json": json.dumps(characters).encode(),
        }
        try:
            self._compile(trial, {"output": "pdf", "standards": ["ua-1"]})
        except typst.TypstError as error:
            return {one for text in _UNDRAWN.findall(error.diagnostic) for one in _ESCAPED.sub(_unescaped, text)}
        return None


def _unescaped(found: re.Match[str]) -> str:
    """As messages write a character that is not printed as it is."""
    return chr(int(found[1], 16)) if found[1] else found[2]


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _strings(item)
        case dict():
            yield from _strings(list(value.values()))


def _explain(message: str, diagnostic: str) -> dict[str, Any]:
    """A template refuses by `panic("refused {…json…}")`; anything else is an error in the template."""
    if message.startswith(_REFUSED):
        report, _end = json.JSONDecoder().raw_decode(message.removeprefix(_REFUSED))
        return dict(report)
    if missing := _UNDRAWN.search(message):
        return {"code": "glyph", "characters": missing[1]}
    if message.startswith("failed to process image"):
        return {"code": "picture"}
    return {"code": "template", "diagnostic": diagnostic}


def give_up_rights(megabytes: int) -> None:
    """No new file or socket (three are open: the pipes), nothing written to disk, no core dump, bounded memory."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def serve(jobs: IO[bytes], answers: IO[bytes], typesetter: Typesetter) -> None:
    """Set sheets, and draw pages of what was set, until the press goes away."""
    while True:
        try:
            job, contents = pipe.receive(jobs)
        except EOFError:
            return
        # The press ends a slow job itself; the alarm ends one whose press has died meanwhile.
        signal.alarm(int(job["seconds"]) + 5)
        report, pages = _done(job, contents, typesetter)
        signal.alarm(0)
        pipe.send(answers, report, pages)


def _done(job: dict[str, Any], contents: list[bytes], typesetter: Typesetter) -> tuple[dict[str, Any], list[bytes]]:
    if "page" in job:
        return {}, [draw_page(contents[0], job["page"], job["ppi"])]
    return typesetter.set_sheet(job, dict(zip(job["names"], contents, strict=True)))


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the press, which then closes us
    typesetter = Typesetter()
    give_up_rights(int(sys.argv[1]))
    serve(sys.stdin.buffer, sys.stdout.buffer, typesetter)


if __name__ == "__main__":
    main()
