"""Markdown becomes a Document: the subset, the levels of headings, the places of pictures, what stays literal."""

import pytest

from server.content.document import (
    Emphasis,
    Heading,
    Image,
    LineBreak,
    Link,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Strong,
    Table,
    Text,
    plain,
)
from server.content.markdown import MAX_BODY, MAX_DEPTH, TooDeep, TooLong, TooWide, parse
from server.core.errors import Invalid
from server.core.i18n import translate


def only(text: str) -> object:
    (block,) = parse(text).blocks
    return block


@pytest.mark.parametrize(
    ("marks", "level"), [("#", 2), ("##", 2), ("###", 3), ("####", 4), ("#####", 4), ("######", 4)]
)
def test_headings_lie_between_two_and_four(marks: str, level: int) -> None:
    assert only(f"{marks} Travaux") == Heading(level, (Text("Travaux"),), 1)


def test_an_empty_heading_is_no_heading() -> None:
    assert parse("#\n\n##  \n\n").blocks == ()


def test_marks_links_and_line_breaks() -> None:
    assert only("a **b *c*** [d](https://e.fr)  \nf\ng\\\nh") == Paragraph(
        (
            Text("a "),
            Strong((Text("b "), Emphasis((Text("c"),)))),
            Text(" "),
            Link("https://e.fr", (Text("d"),)),
            LineBreak(),
            Text("f g"),
            LineBreak(),
            Text("h"),
        ),
        1,
    )


def test_a_mark_inside_its_own_kind_is_left_out() -> None:
    assert only("**a __b__ c**") == Paragraph((Strong((Text("a b c"),)),), 1)


def test_lists_carry_blocks_numbers_and_lines() -> None:
    assert only("3. a\n4. b\n   - c") == ListBlock(
        True,
        (
            (Paragraph((Text("a"),), 1),),
            (Paragraph((Text("b"),), 2), ListBlock(False, ((Paragraph((Text("c"),), 3),),), 1, 3)),
        ),
        3,
        1,
    )


def test_tables_have_as_many_cells_in_each_row() -> None:
    table = only("| a | b | c |\n|:--|:-:|--:|\n| 1 |\n| 1 | 2 | 3 | 4 |")
    assert isinstance(table, Table)
    assert table.alignments == ("left", "center", "right")
    assert [[plain(cell) for cell in row] for row in (table.header, *table.rows)] == [
        ["a", "b", "c"],
        ["1", "", ""],
        ["1", "2", "3"],
    ]


def test_quotes_and_rules() -> None:
    assert parse("> a\n\n***\n").blocks == (Quote((Paragraph((Text("a"),), 1),), 1), Rule(3))


def test_a_line_of_dashes_under_words_is_a_rule_and_no_heading() -> None:
    assert parse("a\n---\nb").blocks == (Paragraph((Text("a"),), 1), Rule(2), Paragraph((Text("b"),), 3))


def test_a_picture_becomes_a_block_with_its_words_and_caption() -> None:
    assert only('![Plan](picture:12 "La zone")') == Image("picture:12", "Plan", "La zone", 1)


def test_a_picture_in_a_sentence_cuts_the_paragraph() -> None:
    blocks = parse("avant ![Plan](picture:12) après").blocks
    assert blocks == (
        Paragraph((Text("avant"),), 1),
        Image("picture:12", "Plan", "", 1),
        Paragraph((Text("après"),), 1),
    )


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# T ![a](picture:1)", [Heading, Image]),
        ("| h |\n|---|\n| x ![a](picture:1) |", [Table, Image]),
        ("**g ![a](picture:1)**", [Paragraph, Image]),
        ("[![a](picture:1)](https://a.fr)", [Paragraph, Image]),
    ],
)
def test_a_picture_in_a_heading_cell_or_mark_follows_it(text: str, kinds: list[type]) -> None:
    assert [type(block) for block in parse(text).blocks] == kinds


def test_a_linked_picture_leaves_its_words_in_the_link() -> None:
    assert parse("[![Plan](picture:1)](https://a.fr)").blocks[0] == Paragraph(
        (Link("https://a.fr", (Text("Plan"),)),), 1
    )


@pytest.mark.parametrize(
    "text",
    [
        "<b>a</b>",
        "<!-- a -->",
        "`a`",
        "```\na\n```",
        "    a",
        "~~a~~",
        "[a]: https://b.fr",
        "<script>a</script>",
        "{{ 7*7 }}",
    ],
)
def test_what_lies_outside_the_subset_is_read_as_words(text: str) -> None:
    block = only(text)
    assert isinstance(block, Paragraph)
    assert plain(block.children) == " ".join(text.split())


def test_lines_of_blocks_are_those_the_author_sees() -> None:
    assert [block.line for block in parse("a\r\n\r\n# b\r\n\r\n- c\n\n> d").blocks] == [1, 3, 5, 7]


def test_a_body_that_is_too_long_is_refused_in_a_sentence() -> None:
    with pytest.raises(TooLong) as refusal:
        parse("a" * (MAX_BODY + 1))
    assert isinstance(refusal.value, Invalid)
    assert "50,001" in translate(refusal.value.fields["body"], "en")


def test_a_refusal_names_the_field_it_was_read_from() -> None:
    with pytest.raises(TooLong) as refusal:
        parse("a\n" * 3_000, field="easy_read")
    assert list(refusal.value.fields) == ["easy_read"]


def test_lists_and_quotes_nest_to_a_limit() -> None:
    assert parse("> " * MAX_DEPTH + "a").blocks
    with pytest.raises(TooDeep) as refusal:
        parse("a\n\n" + "> " * (MAX_DEPTH + 1) + "b")
    assert "3" in translate(refusal.value.fields["body"], "en")


def test_a_table_wider_than_a_page_is_refused() -> None:
    parse("|" + "a|" * 12 + "\n|" + "-|" * 12)
    with pytest.raises(TooWide):
        parse("|" + "a|" * 13 + "\n|" + "-|" * 13)
