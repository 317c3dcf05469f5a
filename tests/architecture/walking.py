"""A small town with one of everything, and the address of each route in it: what the walks over all routes stand on."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from fastapi.routing import iter_route_contexts
from PIL import Image
from sqlalchemy import text

from server.accounts.operators import create_operator
from server.accounts.schemas import OperatorDraft, TokenDraft, VisitWish
from server.accounts.tokens import create_token
from server.accounts.visits import ask_visit
from server.accounts.words import SCOPES
from server.app import Web
from server.boards import service
from server.boards.kinds import CertificateKind
from server.boards.schemas import CertificateWish
from server.core import clock
from server.core.database import Database
from server.core.files import FileStore
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.demo.alarms import place_witness
from server.demo.people import people
from server.demo.register import fill_register
from server.demo.rounds import prepare_round
from server.demo.stage import Stage, set_stage
from server.demo.stories import stories
from server.demo.year import send_letter, tell
from server.issues.columns import declare_group
from server.issues.schemas import GroupDraft
from server.mailings.dkim import Algorithm
from server.mailings.signing import make_key
from server.notices.imaging import prepare_picture
from server.notices.service import add_picture, store_picture
from server.prints.models import PrintFile
from server.prints.products import product
from server.prints.service import ask_print
from server.urgent.models import Confirmation
from server.urgent.schemas import UrgentDraft
from server.urgent.sending import Confirmed, prepare_urgent, send_urgent
from server.urgent.service import write_urgent
from tests.cast import open_session

NEIGHBOUR = "voisin"
SAMPLE_PACK = product("sample_pack", sentence("Pack"))
_HOLE = re.compile(r"\{(?P<name>\w+)(?::\w+)?\}")
_SQUARE = BytesIO()
Image.new("RGB", (40, 40), "#0b5a4a").save(_SQUARE, "PNG")


@dataclass(frozen=True)
class Route:
    """One method of one route, with an address that leads to something in the small town."""

    method: str
    pattern: str
    name: str
    path: str

    @property
    def is_safe(self) -> bool:
        return self.method in {"GET", "HEAD"}

    @property
    def names_an_object(self) -> bool:
        return "_id" in self.pattern or "{number}" in self.pattern

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"


@dataclass
class SmallTown:
    """The town, its administrator's session, a token for programs, and the neighbour's administrator."""

    stage: Stage
    database: Database
    session_token: str
    api_token: str
    charlie_token: str
    charlie_api_token: str
    samples: Mapping[str, str] = field(default_factory=dict)

    async def dump(self) -> dict[str, Any]:
        """Everything the database holds, table by table."""
        async with self.database.reading() as session:
            names = await session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
            return {
                name: json.dumps(
                    [list(row) for row in await session.execute(text(f'SELECT * FROM "{name}"'))], default=str
                )
                for name in sorted(names)
            }


async def build(database: Database, secrets: Secrets, files: FileStore) -> SmallTown:
    """One of everything: notices in each state, a picture, a letter that was sent, people, boards, tokens."""
    today = clock.today()
    stage = await set_stage(database, secrets, files, "https://tambour.test")
    by_channel = {(person.channel, person.way): person for person in people()}
    await fill_register(stage, today, sorted(by_channel.values(), key=lambda person: -person.joined_before))
    told = {story.state: story for story in stories(today)}
    for story in sorted(told.values(), key=lambda story: story.published_on):
        await tell(stage, story)
    await send_letter(stage, today - timedelta(days=1))
    await _hang_and_certify(stage, today)
    neighbour = await _neighbour(database, stage)
    charlie_id = await _charlie(database)
    async with database.writing() as session:
        draft = TokenDraft(name="a program", scopes=list(SCOPES))
        await make_key(
            session, stage.town_id, secrets, stage.administrator, domain="vallon.example", algorithm=Algorithm.RSA
        )
        ours = await create_token(session, stage.town_id, stage.administrator, draft)
        theirs = await create_token(session, neighbour, replace(stage.administrator, account_id=charlie_id), draft)
        notice_id = await session.scalar(text("SELECT id FROM notice WHERE state = 'published'"))
        stored = await store_picture(files, stage.town_id, await prepare_picture(_SQUARE.getvalue()))
        await add_picture(session, stage.town_id, stage.editor, int(notice_id or 0), stored)
        job = await ask_print(session, stage.town_id, stage.administrator, SAMPLE_PACK, {})
        await declare_group(session, stage.town_id, stage.publisher, GroupDraft(name="Saint-Aubin autrement"))
        kept = files.put(stage.town_id, b"x")
        about: dict[str, Any] = {"name": "x.pdf", "media_type": "application/pdf"}
        session.add(PrintFile(municipality_id=stage.town_id, job_id=job.id, attempt=0, file_key=kept, bytes=1, **about))
        await session.execute(text("UPDATE print_job SET state = 'done'"))
        olga = await create_operator(session, OperatorDraft(name="Olga", email="olga@hote.example"))
        host = replace(stage.administrator, account_id=olga.account_id)
        await ask_visit(session, stage.town_id, host, VisitWish(reason="You called."))
    await place_witness(stage)
    await _urgent(stage)
    alice = await open_session(database, stage.administrator.account_id)
    charlie = await open_session(database, charlie_id)
    return SmallTown(stage, database, alice, ours, charlie, theirs, await _samples(database))


async def _urgent(stage: Stage) -> None:
    """Something urgent that left and still holds."""
    words = {
        "kind": "water",
        "title": "Coupure d’eau",
        "what": "Une conduite est rompue.",
        "instruction": "- Attendez.",
    }
    given = words | {"topic_ids": list(stage.topics.values()), "contact_phone": "02 61 91 00 10"}
    async with stage.database.writing() as session:
        draft = UrgentDraft.model_validate(given)
        urgent = await write_urgent(session, stage.town_id, stage.editor, draft, language="fr")
    async with stage.database.reading() as session:
        prepared = await prepare_urgent(session, stage.town_id, urgent.id, stage.url)
    second = Confirmed(Confirmation.SECOND_PERSON)
    async with stage.database.writing() as session:
        args = (prepared, stage.publisher, second, prepared.content_hash)
        await send_urgent(session, stage.town_id, stage.secrets, *args)


async def _hang_and_certify(stage: Stage, today: date) -> None:
    """A round to walk, an act online, and the certificate that it is."""
    act = next(one for one in stories(today) if one.fields["kind"] == "official_act" and one.state == "published")
    await tell(stage, act)
    await prepare_round(stage, today)
    await service.put_acts_online(stage.database, stage.files)
    wish = CertificateWish(kind=CertificateKind.ONLINE, first_on=today, last_on=today)
    async with stage.database.writing() as session:
        notice_id = int(await session.scalar(text("SELECT notice_id FROM act_online")) or 0)
        asked = await service.ask_certificate(session, stage.town_id, stage.counter, notice_id, wish)
    await service.issue_certificate(stage.database, stage.files, stage.town_id, stage.publisher, asked.id, stage.url)


async def _neighbour(database: Database, stage: Stage) -> int:
    """Another town of the instance, where Charlie administers and there is nothing."""
    async with database.writing() as session:
        copied = "languages, civic_colour, phone, created_at"
        columns = [row[1] for row in await session.execute(text("PRAGMA table_info(municipality)"))]
        kept = ", ".join(name for name in columns if name not in {"id", "slug", "name", "host"})
        assert set(copied.split(", ")) <= set(columns)
        await session.execute(
            text(
                f"INSERT INTO municipality (slug, name, {kept}) "
                f"SELECT '{NEIGHBOUR}', 'Voisin-le-Bourg', {kept} FROM municipality WHERE id = {stage.town_id}"
            )
        )
        await session.execute(
            text(
                "INSERT INTO account (email, name, language, is_operator, created_at) "
                "VALUES ('charlie@voisin.example', 'Charlie', 'fr', 0, CURRENT_TIMESTAMP)"
            )
        )
        await session.execute(
            text(
                "INSERT INTO role_grant (municipality_id, account_id, role, granted_at) "
                "SELECT m.id, a.id, 'administrator', CURRENT_TIMESTAMP FROM municipality m, account a "
                f"WHERE m.slug = '{NEIGHBOUR}' AND a.name = 'Charlie'"
            )
        )
        return int(await session.scalar(text(f"SELECT id FROM municipality WHERE slug = '{NEIGHBOUR}'")) or 0)


async def _charlie(database: Database) -> int:
    async with database.reading() as session:
        return int(await session.scalar(text("SELECT id FROM account WHERE name = 'Charlie'")) or 0)


_SAMPLES = {
    "notice_id": "SELECT id FROM notice WHERE state = 'published' AND kind <> 'official_act'",
    "number": "SELECT number FROM publication WHERE ended_at IS NULL",
    "/letters number": "SELECT number FROM issue WHERE state = 'sent'",
    "version_id": "SELECT v.id FROM notice_version v JOIN notice n ON n.id = v.notice_id "
    "WHERE n.state = 'published' AND n.kind <> 'official_act'",
    "picture_id": "SELECT id FROM picture",
    "issue_id": "SELECT id FROM issue",
    "group_id": "SELECT id FROM council_group",
    "witness_id": "SELECT id FROM witness",
    "mailing_id": "SELECT id FROM mailing WHERE kind = 'issue'",
    "board_id": "SELECT id FROM board",
    "print_id": "SELECT id FROM print_job",
    "file_id": "SELECT id FROM print_file",
    "posting_id": "SELECT id FROM posting",
    "round_id": "SELECT id FROM board_round",
    "/acts number": "SELECT number FROM act_online",
    "certificate_id": "SELECT id FROM certificate",
    "place_id": "SELECT id FROM place WHERE kind = 'sector'",
    "street_id": "SELECT id FROM place WHERE kind = 'street'",
    "part_id": "SELECT id FROM sector_part",
    "address_file_id": "SELECT id FROM address_file",
    "resident_id": "SELECT id FROM resident",
    "batch_id": "SELECT id FROM form_batch",
    "run_id": "SELECT id FROM print_run",
    "print_batch_id": "SELECT id FROM print_batch",
    "hold_id": "SELECT id FROM address_hold",
    "import_id": "SELECT id FROM list_import",
    "topic_id": "SELECT id FROM topic",
    "request_id": "SELECT id FROM join_request",
    "account_id": "SELECT account_id FROM role_grant WHERE role = 'counter'",
    "session_id": "SELECT id FROM staff_session",
    "token_id": "SELECT id FROM api_token",
    "visit_id": "SELECT id FROM support_visit",
    "urgent_id": "SELECT id FROM urgent_notice",
    "uid": "SELECT uid FROM urgent_notice",
    "key_id": "SELECT id FROM dkim_key",
}


async def _samples(database: Database) -> dict[str, str]:
    async with database.reading() as session:
        return {name: str(await session.scalar(text(query))) for name, query in _SAMPLES.items()} | {
            "section": "identity",
            "product": "slip-a6",
            "sheet": "1",
            "token": "x" * 32,
            "channel": "post",
            "kind": "water",
            "message_type": "update",
            "code": "act",
            "at": "1",
        }


def routes_of(web: Web, samples: Mapping[str, str]) -> list[Route]:
    """Every route of the towns' application. Fails for a parameter nobody gave a sample of."""
    return [
        Route(method, route.path or "", route.name or "", _filled(route.path or "", samples))
        for route in iter_route_contexts(web.towns.routes)
        for method in sorted(route.methods or ())
        if method != "HEAD"
    ]


def _filled(pattern: str, samples: Mapping[str, str]) -> str:
    first = "/" + pattern.split("/")[1]
    return _HOLE.sub(lambda hole: samples.get(f"{first} {hole['name']}") or samples[hole["name"]], pattern)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """The tables that are not what they were."""
    return (name for name in before if before[name] != after[name])
