"""The administration commands, as they are typed."""

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col
from typer.testing import CliRunner, Result

from server.cli.app import app
from server.cli.opening import opened
from server.core import clock
from server.core.settings import Settings, settings
from server.mailings import paces
from server.mailings.models import Delivery
from tests.databases import BARE, SqliteStates
from tests.sending import Office, people

TOWN = {
    "name": "Vallon-sur-Loyse",
    "slug": "vallon",
    "email": "mairie@vallon.example",
    "phone": "02 61 91 00 10",
    "administrator": "Jeanne Moreau",
    "administrator-email": "jeanne@vallon.example",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Each test has an instance of its own."""
    monkeypatch.setenv("TAMBOUR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TAMBOUR_DATABASE_URL", "")
    monkeypatch.setenv("COLUMNS", "200")
    settings.cache_clear()
    yield tmp_path / "home"
    settings.cache_clear()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def add_town(**changes: str) -> Result:
    return run("town", "add", *(word for name, value in (TOWN | changes).items() for word in (f"--{name}", value)))


@pytest.fixture
def migrated(home: Path, sqlite_states: SqliteStates) -> None:
    home.mkdir()
    sqlite_states.url_of(BARE, home)


def test_a_home_is_made_and_migrated_as_often_as_one_likes(home: Path) -> None:
    for _ in range(2):
        assert run("migrate").exit_code == 0
    assert "tambour town add" in run("town", "list").output
    assert (home / "tambour.sqlite3").exists()


def test_a_command_before_the_first_migration_says_what_to_do() -> None:
    answer = run("town", "list")
    assert answer.exit_code == 1
    assert "tambour migrate" in answer.output


@pytest.mark.usefixtures("migrated")
def test_a_town_is_opened_with_a_link_for_its_administrator() -> None:
    answer = add_town()
    assert answer.exit_code == 0
    assert "http://localhost:8000/vallon/desk/welcome/" in answer.output
    assert "Vallon-sur-Loyse" in run("town", "list").output


@pytest.mark.usefixtures("migrated")
def test_an_instance_without_a_town_says_how_to_open_one() -> None:
    assert "tambour town add" in run("town", "list").output


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "Vallon sur Loyse"}, "slug: Use small letters"),
        ({"slug": "desk"}, "slug: This word already means"),
        ({"email": "not an address"}, "email:"),
        ({"administrator-email": "nobody"}, "email:"),
    ],
)
def test_what_cannot_be_used_is_said_by_name(changes: dict[str, str], sentence: str) -> None:
    answer = add_town(**changes)
    assert answer.exit_code == 1
    assert sentence in answer.output
    assert "No municipality yet" in run("town", "list").output, "nothing is half-written"


@pytest.mark.usefixtures("migrated")
def test_a_slug_is_taken_once() -> None:
    add_town()
    answer = add_town()
    assert (answer.exit_code, "Another municipality" in answer.output) == (1, True)


@pytest.mark.usefixtures("migrated")
def test_staff_are_invited_and_get_new_links() -> None:
    add_town()
    invited = run("staff", "invite", "Bob@Vallon.example", "--name", "Bob", "--role", "editor", "--role", "poster")
    assert invited.exit_code == 0
    again = run("staff", "link", "bob@vallon.example")
    assert again.exit_code == 0
    first, second = (answer.output.rsplit("/", 1)[1] for answer in (invited, again))
    assert first != second


@pytest.mark.usefixtures("migrated")
def test_an_unknown_person_gets_no_link() -> None:
    add_town()
    answer = run("staff", "link", "nobody@vallon.example")
    assert (answer.exit_code, "Nobody called" in answer.output) == (1, True)


@pytest.mark.usefixtures("migrated")
def test_with_several_towns_one_must_be_named() -> None:
    add_town()
    add_town(slug="amont", name="Amont")
    assert run("staff", "link", "jeanne@vallon.example").exit_code == 1
    assert run("staff", "link", "jeanne@vallon.example", "--town", "amont").exit_code == 0
    assert run("staff", "link", "jeanne@vallon.example", "--town", "nowhere").exit_code == 1


LIST = """insee;name;email;phone;administrator;administrator_email
41200;Saint-Aubin-les-Prés;mairie@saint-aubin.example;02 54 00 00 00;Anne Roy;anne@saint-aubin.example
wrong;Sans-Code;mairie@sans-code.example;;;
41018;Œuilly;mairie@oeuilly.example;02 54 00 00 01;;paul@oeuilly.example
"""


@pytest.mark.usefixtures("migrated")
def test_many_towns_are_opened_from_a_list(tmp_path: Path) -> None:
    """What can be used is; what cannot is named by its line; the links are for the owner's eyes alone."""
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    links = tmp_path / "links.tsv"
    answer = run("town", "import", str(tmp_path / "list.csv"), "--links", str(links))
    assert (answer.exit_code, "line 3: " in answer.output, "INSEE code" in answer.output) == (1, True, True)
    assert links.stat().st_mode & 0o777 == 0o600
    written = [line.split("\t") for line in links.read_text(encoding="utf-8").splitlines()]
    assert [line[1] for line in written] == ["saint-aubin-les-pres", "oeuilly"]
    assert all("/desk/welcome/" in line[3] for line in written)
    shown = run("town", "overview").output
    assert "oeuilly" in shown
    assert "saint-aubin-les-pres" in shown


@pytest.mark.usefixtures("migrated")
@pytest.mark.long
def test_a_town_is_suspended_opened_handed_over_and_deleted_with_proof(tmp_path: Path) -> None:
    add_town()
    add_town(slug="amont", name="Amont")
    assert run("town", "suspend", "vallon").exit_code == 0
    assert "Vallon" not in run("town", "list").output
    assert "suspended" in run("town", "overview").output
    run("town", "resume", "vallon")
    assert "Vallon" in run("town", "list").output

    folder = tmp_path / "vallon"
    assert run("town", "export", "vallon", str(folder)).exit_code == 0
    assert run("town", "export", "vallon", str(folder)).exit_code == 1, "nothing is written over"
    town = [json.loads(line) for line in (folder / "municipality.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["slug"] for one in town] == ["vallon"]
    assert "jeanne@vallon.example" in (folder / "account.csv").read_text(encoding="utf-8")
    assert "password" not in (folder / "account.csv").read_text(encoding="utf-8")
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest

    assert run("town", "delete", "vallon", "--confirm", "amont").exit_code == 1
    proof = run("town", "delete", "vallon", "--confirm", "vallon")
    assert (proof.exit_code, "municipality: 1" in proof.output) == (0, True), proof.output
    assert "amont" in run("town", "overview").output
    assert run("town", "export", "vallon", str(tmp_path / "again")).exit_code == 1


def test_settings_are_shown_but_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMBOUR_SMTP_PASSWORD", "a secret of the relay")
    answer = run("settings")
    assert all(f"TAMBOUR_{name.upper()}" in answer.output for name in Settings.model_fields)
    assert "a secret of the relay" not in answer.output


def test_a_secret_may_be_handed_over_as_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("what nobody guesses\n")
    monkeypatch.setenv("TAMBOUR_DATABASE_PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.setenv("TAMBOUR_DATABASE_URL", "postgresql+asyncpg://tambour@db/tambour")
    assert Settings().database == "postgresql+asyncpg://tambour:what nobody guesses@db/tambour"
    assert "what nobody guesses" not in run("settings").output
    monkeypatch.setenv("TAMBOUR_DATABASE_PASSWORD", "given directly")
    assert "given directly" in Settings().database


@pytest.mark.usefixtures("migrated")
@pytest.mark.long
def test_backups_are_made_tried_listed_and_brought_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    add_town(slug="")
    printed = run("backup", "key").output
    (tmp_path / "private").write_text(printed)
    monkeypatch.setenv("TAMBOUR_BACKUP_PLACE", str(tmp_path / "safe"))
    settings.cache_clear()
    assert "TAMBOUR_BACKUP_KEYS is empty" in run("backup", "make").output
    monkeypatch.setenv("TAMBOUR_BACKUP_KEYS", printed.split()[3])
    settings.cache_clear()
    assert "sealed" in run("backup", "make").output
    assert "every one counted" in run("backup", "verify").output
    assert "tambour-" in run("backup", "list").output
    assert "lives in this database already" in run("restore", "--key", str(tmp_path / "private")).output
    home.rename(tmp_path / "lost")
    answer = run("restore", "--key", str(tmp_path / "private"))
    assert answer.exit_code == 0, answer.output
    assert "vallon-sur-loyse" in run("town", "list").output


def test_a_database_that_is_away_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMBOUR_DATABASE_URL", "postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    answer = run("town", "list")
    assert answer.exit_code == 1
    assert "does not answer" in answer.output
    assert "Traceback" not in answer.output


@pytest.mark.usefixtures("migrated")
def test_the_queue_says_which_relays_rest_and_who_possibly_got_it_twice() -> None:
    async def hurt() -> None:
        said = {"relay": "421 too many", "relay/1": "421 for today", "orange": "421 OFR_104"}
        async with opened() as instance:
            mailing_id = await Office(instance.database, instance.secrets, 1).start(people(3))
            async with instance.database.writing() as session:
                await paces.note_answers(session, said, slow=said, blocked=[], now=clock.now())
                await session.execute(update(Delivery).where(col(Delivery.mailing_id) == mailing_id).values(doubts=1))

    add_town()
    asyncio.run(hurt())
    shown = run("queue").output
    assert "The relay is left alone until" in shown
    assert "“421 too many”" in shown
    assert "The relay of Vallon-sur-Loyse is left alone until" in shown
    assert "Orange, Wanadoo is left alone until" in shown
    assert "Vallon-sur-Loyse, “La lettre”: 3 possibly received it twice." in shown


@pytest.mark.usefixtures("migrated")
def test_the_queue_and_the_pace_of_each_provider_are_shown_and_a_line_is_changed() -> None:
    assert "Nothing waits" in run("queue").output
    assert "à vérifier" in run("pace").output
    changed = run("pace", "orange", "--per-second", "0.25", "--connections", "1")
    assert changed.exit_code == 0
    assert re.search(r"Orange, Wanadoo +1 +100 +0\.25 +changed here", changed.output)
    assert "changed here" not in run("pace", "orange", "--preset").output
    assert run("pace", "orange").exit_code == 1
