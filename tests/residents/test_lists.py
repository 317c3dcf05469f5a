"""Lists that other programs wrote: every alphabet and separator read exactly, what is damaged or hostile refused by its line."""

import io
import json
import time
import zipfile
from contextlib import suppress

import pytest

from server.residents.lists.cells import find_separator, read_cells
from server.residents.lists.columns import Standing, bare_person, guess_fields, standing_of
from server.residents.lists.letters import read_letters
from server.residents.lists.reading import Table, read_tables
from server.residents.lists.refusal import NotAList
from tests.corpora import corpus

ACCENTS = "Prénom;Nom;E-mail\r\nÉloïse;Lefèvre-Œuvrard;e@x.fr\r\nAnaïs;L’Hôte;a@x.fr\r\nBenoît;Garçon;b@x.fr\r\n"


def only(content: bytes, name: str = "list.csv") -> tuple[Table, list[tuple[int, list[str]]]]:
    (table,) = list(read_tables(content, name))
    return table, list(table.rows)


def said(content: bytes) -> str:
    with pytest.raises(NotAList) as refused:
        _read_all(content)
    return str(refused.value.message)


def _read_all(content: bytes) -> None:
    for table in read_tables(content, "list.csv"):
        list(table.rows)


def test_csv_of_the_corpus_is_read_exactly() -> None:
    read = 0
    for path in sorted(corpus("csv-spectrum/csvs").glob("*.csv")):
        truth = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text("utf-8"))
        if not isinstance(truth, list):
            continue  # of location_coordinates, the truth is about another file
        (_, header), *rows = read_cells(read_letters(path.read_bytes()))
        found = [dict(zip(header, cells, strict=True)) for _, cells in rows]
        assert [{k: v.replace("\r\n", "\n") for k, v in row.items()} for row in found] == [
            {k: v.replace("\r\n", "\n") for k, v in row.items()} for row in truth
        ], path.name
        read += 1
    assert read >= 11


def test_one_list_in_eight_dialects_is_one_list() -> None:
    folder = corpus("csv-exports/encodings")
    truth = [list(row.values()) for row in json.loads((folder / "truth.json").read_text("utf-8"))]
    typographic = [
        list(row.values()) for row in json.loads((folder / "truth-cp1252-typographic.json").read_text("utf-8"))
    ]
    read = 0
    for path in sorted(folder.iterdir()):
        if path.suffix not in {".csv", ".txt"} or path.name.startswith(("mixed", "mojibake")):
            continue
        table, rows = only(path.read_bytes())
        assert table.fields == ["address_street", "post_town", "postcode"], path.name
        assert [cells for _, cells in rows] == (typographic if "typographic" in path.name else truth), path.name
        assert [number for number, _ in rows] == list(range(2, len(rows) + 2)), path.name
        read += 1
    assert read >= 9


def test_damaged_lists_are_refused_with_the_line() -> None:
    folder = corpus("csv-exports/encodings")
    for name in ("mojibake-utf8-read-as-cp1252.csv", "mixed-utf8-then-cp1252.csv"):
        content = (folder / name).read_bytes()
        bad = _first_bad_line(content)
        assert said(content).startswith(f"Line {bad}: "), name
    assert said(b'nom;mail\nA;a@x.fr\n"B;b@x.fr\n').startswith("Line 3: a quotation mark")
    assert said(b'nom;mail\nA;a@x.fr\n"B"x;b@x.fr\n').startswith("Line 3: a quotation mark")


def _first_bad_line(content: bytes) -> int:
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            return number
        if "Ã" in text or "Å" in text:
            return number
    raise AssertionError("nothing is damaged here")


@pytest.mark.parametrize(
    "alphabet",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso-8859-15", "mac-roman", "cp850"],
)
def test_every_alphabet_is_found(alphabet: str) -> None:
    text = ACCENTS if alphabet not in {"iso-8859-15", "cp850"} else ACCENTS.replace("’", "'")
    text = text.replace("Œ", "Oe") if alphabet == "cp850" else text
    for separator in ";,\t|":
        for end in ("\r\n", "\n", "\r"):
            given = text.replace(";", separator).replace("\r\n", end)
            table, rows = only(given.encode(alphabet))
            assert table.fields == ["first_name", "last_name", "email"], (alphabet, separator, end)
            assert rows[0][1] == ["Éloïse", text.split(";")[3], "e@x.fr"], (alphabet, separator, end)


def test_columns_of_thirteen_tools_are_guessed() -> None:
    seen = 0
    for layout in json.loads((corpus("csv-exports") / "headers.json").read_text("utf-8")):
        header = layout.get("header")
        if not header:
            continue
        fields = guess_fields(header)
        assert header[fields.index("email")] == layout["email"], layout["system"]
        assert fields.count("email") == 1
        assert find_separator(layout["delimiter"].join(header) + "\n") == layout["delimiter"]
        for rule in layout.get("opt_out", []):
            column, _, value = rule.partition("=")
            column, value = (column.removesuffix(" non-empty"), value or "2020-01-01 10:00:00")
            cells = [value if name == column else "" for name in header]
            assert standing_of(header, cells) is not Standing.JOINED, (layout["system"], rule)
            opposite = {"Yes": "No", "true": "false", "false": "true", "Unsubscribed": "Active"}.get(value, "active")
            quiet = [opposite if name == column and "=" in rule else "" for name in header]
            assert standing_of(header, quiet) is Standing.JOINED, (layout["system"], rule)
        seen += 1
    assert seen >= 15


def test_samples_of_the_tools_are_read() -> None:
    for layout in json.loads((corpus("csv-exports") / "headers.json").read_text("utf-8")):
        if "expected_addresses" in layout:
            content = (("\ufeff" if layout.get("bom") else "") + layout["raw_sample"]).encode()
            table, rows = only(content)
            place = table.fields.index("email")
            addresses = [cells[place].strip().lower() for _, cells in rows if "@" in cells[place]]
            assert list(dict.fromkeys(addresses)) == layout["expected_addresses"]
        elif "raw_sample" in layout and layout.get("header"):
            separator = layout["delimiter"]
            table, rows = only((separator.join(layout["header"]) + "\n" + layout["raw_sample"] + "\n").encode())
            assert len(rows[0][1]) == len(table.header), layout["system"]


def test_bare_lists_of_addresses() -> None:
    """Mailman, Sympa, Framalistes: one person a line, no columns."""
    table, rows = only(
        'jeanne@x.fr\n\nOdette Œuvrard <odette@x.fr>\npaul@x.fr Paul le Grand\n"L, Marc" <marc@x.fr>\n'.encode()
    )
    assert (table.header, table.fields) == ([], [])
    assert [number for number, _ in rows] == [1, 3, 4, 5]
    assert [bare_person(cells) for _, cells in rows] == [
        ("jeanne@x.fr", ""),
        ("odette@x.fr", "Odette Œuvrard"),
        ("paul@x.fr", "Paul le Grand"),
        ("marc@x.fr", "L, Marc"),
    ]
    table, rows = only(b"jeanne@x.fr\tJeanne Dupont\npaul@x.fr\tPaul\n")
    assert [bare_person(cells) for _, cells in rows] == [("jeanne@x.fr", "Jeanne Dupont"), ("paul@x.fr", "Paul")]


def zipped(members: dict[str, bytes], **options: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_the_archive_of_mailchimp_says_who_left() -> None:
    head = b"Email Address,First Name\n"
    content = zipped(
        {
            f"export/{kind}_members.csv": head + kind.encode() + b"@x.fr,A\n"
            for kind in ("subscribed", "unsubscribed", "cleaned")
        }
    )
    found = {
        table.name: (table.standing, [cells for _, cells in table.rows]) for table in read_tables(content, "a.zip")
    }
    assert found == {
        "export/cleaned_members.csv": (Standing.DEAD, [["cleaned@x.fr", "A"]]),
        "export/subscribed_members.csv": (Standing.JOINED, [["subscribed@x.fr", "A"]]),
        "export/unsubscribed_members.csv": (Standing.LEFT, [["unsubscribed@x.fr", "A"]]),
    }


def test_archives_meant_to_harm_are_refused() -> None:
    """RELIABILITY S16."""
    table = b"email\na@x.fr\n"
    hostile = {
        "bomb": zipped({"a.csv": b"\0" * 60_000_000}),
        "many": zipped({f"{n}.csv": table for n in range(300)}),
        "parent": zipped({"../../x.csv": table}),
        "windows": zipped({"..\\..\\x.csv": table}),
        "absolute": zipped({"/etc/x.csv": table}),
        "drive": zipped({"C:\\x.csv": table}),
        "nothing in it": zipped({"a.exe": table}),
        "cut short": zipped({"a.csv": table})[:-30],
        "an archive in an archive": zipped({"a.zip": zipped({"a.csv": table})}),
    }
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    hostile["symbolic link"] = file.getvalue()
    hostile["twice"] = zipped({"a.csv": table, "b.csv": table}).replace(b"b.csv", b"a.csv")
    hostile["lies about its size"] = zipped({"a.csv": table * 50}).replace(
        (len(table) * 50).to_bytes(4, "little"), (5).to_bytes(4, "little")
    )
    for name, content in hostile.items():
        assert "This archive is not one of a mailing tool" in said(content), name


def test_what_is_no_list_is_refused_in_a_sentence() -> None:
    for content, words in (
        (b"", "This file is empty."),
        (b"\n\n", "This file is empty."),
        (b"%PDF-1.7\n", "This file is not a list"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This file is not a list"),
        (b"<html><body>hello</body></html>", "This file is not a list"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This file is not a list"),
        (b"a\x00b\x00\x00\x01c", "This file is not a list"),
        (b"n" * 24_000_001, "too heavy"),
        (b"nom\n" + b"x\n" * 200_001, "more than 200\u202f000 lines"),
    ):
        assert words in said(content), content[:20]


def test_nothing_of_it_takes_long() -> None:
    """RELIABILITY S20: the worst letters of each pattern, fifty thousand of them."""
    for worst in ("@" * 50_000, "a@" * 25_000, "a." * 25_000, "<" * 50_000, '"' * 50_000, "é" * 50_000, ";" * 50_000):
        began = time.perf_counter()
        bare_person([worst])
        with suppress(NotAList):
            list(read_cells(read_letters(worst.encode("cp1252"))))
        assert time.perf_counter() - began < 0.5, worst[:4]
