"""What blocks, what is only advice, and the readable difference of two texts."""

from datetime import date

import pytest

from server.content.difference import Change
from server.content.lint import Severity
from server.notices.checks import blocking, find_problems
from server.notices.comparison import compare, merged
from server.notices.schemas import NoticeDraft
from tests.notices.reading import content_of

MONDAY = date(2026, 11, 23)


def codes(**changes: object) -> dict[str, Severity]:
    return {
        finding.code: finding.severity
        for finding in find_problems(content_of(topic_ids=[1], short_title="Court", **changes), {12}, MONDAY)
    }


def test_a_good_notice_has_no_finding() -> None:
    assert codes() == {}


@pytest.mark.parametrize(
    ("changes", "code", "severity"),
    [
        ({"summary": ""}, "summary-missing", Severity.BLOCKING),
        ({"body": " \n "}, "body-missing", Severity.BLOCKING),
        ({"contact_phone": ""}, "phone-missing", Severity.BLOCKING),
        ({"valid_to": "2026-11-22"}, "validity-over", Severity.BLOCKING),
        ({"body": "![Un plan](picture:13)"}, "picture-unknown", Severity.BLOCKING),
        ({"body": "![](picture:12)"}, "picture-without-words", Severity.BLOCKING),
        ({"body": "## Deux\n\n#### Quatre"}, "heading-jump", Severity.BLOCKING),
        ({"body": "[ici](https://example.org)"}, "link-words-vague", Severity.ADVICE),
        ({"where_text": "https://bit.ly/abc"}, "tracker-shortener", Severity.BLOCKING),
        ({"kind": "official_act"}, "author-missing", Severity.BLOCKING),
        ({"kind": "event", "starts_on": None, "starts_at": None}, "when-missing", Severity.ADVICE),
    ],
)
def test_each_finding_has_its_weight(changes: dict[str, object], code: str, severity: Severity) -> None:
    assert codes(**changes).get(code) is severity


def test_a_known_picture_is_no_finding() -> None:
    assert codes(body="![Un plan](picture:12)") == {}


def test_an_act_stays_two_months() -> None:
    act = {"kind": "official_act", "author_name": "Jeanne Moreau", "author_title": "maire"}
    assert codes(**act, valid_to="2026-12-31") == {"act-too-short": Severity.ADVICE}
    assert codes(**act, valid_to="2027-01-31") == {}


def test_one_sentence_per_field_from_what_blocks() -> None:
    findings = find_problems(content_of(summary="", body="![](https://example.org/a.png)", topic_ids=[]), (), MONDAY)
    assert list(blocking(findings)) == ["summary", "body"]
    assert findings[0].severity is Severity.BLOCKING
    assert findings[-1].severity is Severity.ADVICE


NAMES = {"topic_ids": {1: "Travaux", 2: "École"}, "place_ids": {}}


def test_only_what_differs_is_compared() -> None:
    before = content_of(title="Coupure d’eau lundi", topic_ids=[1])
    after = content_of(title="Coupure d’eau mardi", topic_ids=[1, 2], starts_at="07:00")
    changes = {change.name: change for change in compare(before, after, NAMES)}
    assert list(changes) == ["title", "when", "topic_ids"]
    (line,) = changes["title"].lines
    runs = [(run.change, run.text) for run in line]
    assert (Change.REMOVED, "lundi") in runs
    assert (Change.ADDED, "mardi") in runs
    assert (changes["topic_ids"].before, changes["topic_ids"].after) == ("Travaux", "Travaux, École")


def test_a_long_text_shows_only_what_is_near_a_change() -> None:
    lines = [f"Ligne {number}" for number in range(40)]
    before, after = (
        content_of(body="\n".join(lines)),
        content_of(body="\n".join([*lines[:20], "Nouvelle", *lines[21:]])),
    )
    (change,) = compare(before, after, {})
    assert [run.text for line in change.lines for run in line if run.text == "…"] == ["…", "…"]
    assert len(change.lines) < 8


def test_a_merge_takes_each_field_from_where_it_was_chosen() -> None:
    theirs = content_of(title="De Bob", where_text="là")
    mine = content_of(title="De Paula", where_text="ici", starts_on="2026-12-01", starts_at="10:00")
    draft = NoticeDraft.model_validate(merged(theirs, mine, {"where_text", "when"}))
    assert (draft.title, draft.where_text) == ("De Bob", "ici")
    assert draft.content.happens_from == mine.happens_from
