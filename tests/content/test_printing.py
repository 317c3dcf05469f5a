"""The print data of a Document has the shape its module promises to the templates."""

import json

from server.content.markdown import parse
from server.content.pictures import PictureView
from server.content.printing import inlines_to_print, to_print
from tests.content.test_markup import EVERYTHING


def test_each_block_has_its_promised_keys() -> None:
    assert to_print(parse("### a\n\nb\n\n3. c\n\n> d\n\n| e |\n|--:|\n| f |\n\n![g](picture:1 'h')\n\n---")) == [
        {"kind": "heading", "level": 3, "children": [{"kind": "text", "text": "a"}]},
        {"kind": "paragraph", "children": [{"kind": "text", "text": "b"}]},
        {
            "kind": "list",
            "ordered": True,
            "start": 3,
            "items": [[{"kind": "paragraph", "children": [{"kind": "text", "text": "c"}]}]],
        },
        {"kind": "quote", "children": [{"kind": "paragraph", "children": [{"kind": "text", "text": "d"}]}]},
        {
            "kind": "table",
            "header": [[{"kind": "text", "text": "e"}]],
            "rows": [[[{"kind": "text", "text": "f"}]]],
            "alignments": ["right"],
        },
        {"kind": "image", "file": None, "alternative": "g", "caption": "h", "width": None, "height": None},
        {"kind": "rule"},
    ]


def test_each_inline_has_its_promised_keys() -> None:
    (paragraph,) = to_print(parse("**a** *b* [c](https://d.fr)\\\ne"))
    assert [inline["kind"] for inline in paragraph["children"]] == [
        "strong", "text", "emphasis", "text", "link", "break", "text",
    ]  # fmt: skip
    assert paragraph["children"][4] == {
        "kind": "link",
        "href": "https://d.fr",
        "children": [{"kind": "text", "text": "c"}],
    }


def test_a_picture_carries_the_file_the_lookup_names() -> None:
    (image,) = to_print(parse("![a](picture:1)"), lambda _: PictureView("picture-1.jpg", 800, 600))
    assert (image["file"], image["width"], image["height"]) == ("picture-1.jpg", 800, 600)


def test_print_data_is_json_and_words_stay_words() -> None:
    data = to_print(parse(EVERYTHING + '\n#eval("1") $x$ @ref <label> `a` \\u{1F600}'))
    assert json.loads(json.dumps(data)) == data
    assert '#eval(\\"1\\") $x$ @ref <label> `a`' in json.dumps(data)


def test_a_title_is_printed_as_inlines() -> None:
    assert inlines_to_print(()) == []
