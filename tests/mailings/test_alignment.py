"""What readers' providers see of a sending domain, in a table; and no letter leaves that they would refuse."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.core import clock
from server.core.database import Database
from server.core.errors import Conflict, Invalid
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.mailings.alignment import Verdict, WayOut, examine_domain, examine_reverse
from server.mailings.believing import examine_due, examine_town, override
from server.mailings.dkim import Algorithm, SigningKey
from server.mailings.dkim_records import new_private_key, record_of
from server.mailings.names import ListedNames
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.issues.composing import approved, send

TOWN = "saint-aubin.example"
BREVO = WayOut(relay="smtp-relay.brevo.com")
SPF = "v=spf1 include:spf.brevo.com ~all"
KEY = SigningKey.load(TOWN, "t1", new_private_key(Algorithm.ED25519))
GOOD = ListedNames(
    text={
        TOWN: [SPF, "something=else"],
        f"t1._domainkey.{TOWN}": [record_of(KEY)],
        f"_dmarc.{TOWN}": ["v=DMARC1; p=none"],
    },
    exchange={TOWN: ["mx.example"]},
)


def told(**texts: list[str]) -> ListedNames:
    """The good records, with some changed: spf, dkim, dmarc."""
    names = {"spf": TOWN, "dkim": f"t1._domainkey.{TOWN}", "dmarc": f"_dmarc.{TOWN}"}
    return replace(GOOD, text=GOOD.text | {names[kind]: found for kind, found in texts.items()})


FINE, DOUBTFUL, WRONG, UNKNOWN = Verdict.FINE, Verdict.DOUBTFUL, Verdict.WRONG, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("names", "verdicts", "is_aligned"),
    [
        (GOOD, (FINE, FINE, FINE, FINE), True),
        (told(spf=[]), (WRONG, FINE, FINE, FINE), True),
        (told(spf=[SPF, SPF]), (WRONG, FINE, FINE, FINE), True),
        (told(spf=["v=spf1 +all"]), (WRONG, FINE, FINE, FINE), True),
        (told(spf=["v=spf1 mx -all"], dkim=[]), (DOUBTFUL, WRONG, FINE, FINE), False),
        (told(dkim=["v=DKIM1; k=ed25519; p=another"]), (FINE, WRONG, FINE, FINE), True),
        (told(dmarc=["v=spf1 -all"]), (FINE, FINE, WRONG, FINE), True),
        (replace(GOOD, exchange={TOWN: [""]}), (FINE, FINE, FINE, WRONG), True),
        (ListedNames(is_silent=True), (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN), None),
    ],
)
async def test_a_domain_is_judged_as_providers_do(
    names: ListedNames, verdicts: tuple[Verdict, ...], is_aligned: bool | None
) -> None:
    found, aligned = await examine_domain(names, TOWN, [KEY], BREVO)
    assert tuple(one.verdict for one in found) == verdicts
    assert aligned is is_aligned
    wrong = [one for one in found if one.verdict is WRONG and one.check in {"SPF", "DKIM", "DMARC"}]
    assert all(one.record or "several" in one.words.msgid or "everybody" in one.words.msgid for one in wrong)


async def test_what_is_missing_in_spf_is_added_to_what_is_there() -> None:
    found, _ = await examine_domain(told(spf=["v=spf1 mx ip4:192.0.2.1 -all"]), TOWN, [], BREVO)
    assert found[0].record is not None
    assert found[0].record.value == "v=spf1 mx ip4:192.0.2.1 include:spf.brevo.com -all"


async def test_a_server_of_our_own_needs_a_name_that_leads_back() -> None:
    names = ListedNames(address={"info.example": ["192.0.2.1"]}, pointer={"192.0.2.1": ["info.example"]})
    assert (await examine_reverse(names, "info.example")).verdict is FINE
    assert (await examine_reverse(replace(names, pointer={}), "info.example")).verdict is WRONG


@pytest.mark.usefixtures("monday")
async def test_no_letter_leaves_that_would_be_refused_unless_somebody_says_why(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    first = await approved(database, cast, "ann@x.example")
    silent, bad = ListedNames(is_silent=True), ListedNames()
    await examine_town(database, secrets, silent, cast.town_id, BREVO)
    with clock.frozen(clock.now() + timedelta(days=2)):
        await examine_due(database, secrets, bad, BREVO)
        with pytest.raises(Conflict, match="providers would refuse"):
            await send(database, secrets, files, cast, first.id)
        async with database.writing() as session:
            with pytest.raises(Invalid):
                await override(session, cast.town_id, cast.actor("Alice"), TOWN, " ")
            await override(session, cast.town_id, cast.actor("Alice"), TOWN, "The relay signs for us.")
        assert (await send(database, secrets, files, cast, first.id)).id


async def test_the_page_says_what_to_publish_and_takes_a_reason(
    browser_of: BrowserOf, database: Database, secrets: Secrets, cast: Cast
) -> None:
    alice = await browser_of("Alice")
    assert "Nobody has looked yet" in (await alice.get("/desk/settings/domain")).text
    await examine_town(database, secrets, ListedNames(), cast.town_id, BREVO)
    shown = (await alice.get("/desk/settings/domain")).text
    assert "v=spf1 include:spf.brevo.com ~all" in shown
    assert "v=DMARC1; p=none; rua=mailto:postmaster@saint-aubin.example" in shown
    assert (await alice.submit("/desk/settings/domain/override", {"reason": ""})).status_code == 422
    assert (await alice.submit("/desk/settings/domain/override", {"reason": "It is signed."})).status_code == 303
    assert "It is signed." in (await alice.get("/desk/settings/domain")).text
