"""Read by `python -` in a container of the rehearsal: a letter to everybody, approved and sent by the real use cases.

python - people 1000     a thousand people join the first town
python - crowd 300 120000    so many towns and residents, around the first one
python - send TITLE [10]     a letter to them leaves; or one in each of ten towns of the crowd
python - part            one person leaves, one is erased; the links that letters carry for the first and for somebody else
python - figures         what the ledgers say
"""

import asyncio
import json
import sys
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlmodel import col

from bench.crowd import crowd
from server.accounts.actors import Actor
from server.accounts.models import Account, Role
from server.cli.opening import Instance, opened
from server.core import clock
from server.core.database import ReadSession
from server.issues import approval, drafting, sending
from server.issues.content import issue_content
from server.issues.schemas import IssueDraft
from server.mailings.believing import override
from server.mailings.models import Mailing
from server.mailings.queries import figures_of
from server.municipalities.models import Municipality
from server.residents.erasure import erase_resident
from server.residents.leaving import leave_by_link
from server.residents.mails import Post
from server.residents.models import Channel, ConsentWay, Resident, Subscription, Topic


async def add_people(instance: Instance, count: int) -> None:
    async with instance.database.writing() as session:
        town, now = (await session.scalars(select(Municipality))).one(), clock.now()
        town.sender_address = "lettre@saint-aubin.example"
        topic = Topic(municipality_id=town.id, slug="lettre", name="La lettre", position=0)
        people = [
            Resident(
                municipality_id=town.id,
                email=(email := f"personne{number}@lecteurs.example"),
                email_key=email,
                list_key=email,
                created_at=now,
                last_contact_at=now,
            )
            for number in range(count)
        ]
        session.add_all([topic, *people])
        await session.flush()
        session.add_all(
            Subscription(
                municipality_id=town.id,
                resident_id=one.id,
                topic_id=topic.id,
                channel=Channel.EMAIL,
                started_at=now,
            )
            for one in people
        )
        # No DNS knows this domain, and nothing leaves this machine: said as an administrator would.
        await override(session, town.id, await _actor(session), "saint-aubin.example", "This is a rehearsal.")


async def grow(instance: Instance, towns: int, residents: int) -> None:
    await crowd(instance.database, towns=towns, residents=residents)
    async with instance.database.writing() as session:
        actor = await _actor(session)
        for town in await session.scalars(select(Municipality).order_by(col(Municipality.id)).offset(1)):
            await override(session, town.id, actor, "saint-aubin.example", "This is a rehearsal.")


async def send_in_towns(instance: Instance, title: str, count: int) -> None:
    """In the first town; or in so many of the others."""
    query = select(col(Municipality.id)).order_by(col(Municipality.id)).limit(count or 1).offset(1 if count else 0)
    async with instance.database.reading() as session:
        towns = list(await session.scalars(query))
    for town_id in towns:
        await send(instance, title, town_id)


async def send(instance: Instance, title: str, town_id: int) -> None:
    async with instance.database.writing() as session:
        actor = await _actor(session)
        topic = (await session.scalars(select(Topic).where(col(Topic.municipality_id) == town_id).limit(1))).one()
        draft = IssueDraft(title=title, editorial="Bonjour à toutes et à tous.", topic_ids=[topic.id])
        issue = await drafting.create_issue(session, town_id, actor, draft)
        await approval.submit_issue(session, town_id, actor, issue.id)
        read = (await issue_content(session, issue)).content_hash
        await approval.approve_issue(session, town_id, actor, issue.id, read)
        issue_id = issue.id
    async with instance.database.reading() as session:
        url = instance.settings.url
        prepared = await sending.prepare_letter(session, instance.files, town_id, issue_id, url)
    async with instance.database.writing() as session:
        await sending.send_issue(session, instance.secrets, prepared, actor, f"rehearsal-{title}")


async def part(instance: Instance) -> None:
    """Ledgers and journals are to know of it after a loss; links are to lead where they led."""
    async with instance.database.writing() as session:
        town = (await session.scalars(select(Municipality).order_by(col(Municipality.id)).limit(1))).one()
        ours = select(col(Resident.id)).where(col(Resident.municipality_id) == town.id)
        leaver, erased, reader = await session.scalars(ours.order_by(col(Resident.id)).limit(3))
        post = Post(town, instance.secrets, instance.settings.url)
        links = {"leaver": post.link("leave", leaver), "reader": post.link("leave", reader)}
        await leave_by_link(session, town.id, leaver, ConsentWay.ONE_CLICK)
        await erase_resident(session, instance.secrets, town.id, await _actor(session), erased)
    sys.stdout.write(json.dumps({whose: urlsplit(link).path for whose, link in links.items()}) + "\n")


async def _actor(session: ReadSession) -> Actor:
    account = (await session.scalars(select(Account).limit(1))).one()
    return Actor(account.id, account.name, frozenset({Role.ADMINISTRATOR}), None, account.email)


async def show_figures(instance: Instance) -> None:
    async with instance.database.reading() as session:
        first = select(func.min(Municipality.id)).scalar_subquery()
        ours = select(Mailing).where(col(Mailing.municipality_id) == first)
        mailings = list(await session.scalars(ours.order_by(col(Mailing.id))))
        figures = await figures_of(session, mailings[0].municipality_id, mailings) if mailings else {}
        found = {one.subject: figures[one.id].as_dict() | {"state": one.state} for one in mailings}
        count = select(func.count(), func.count(col(Resident.left_at))).select_from(Resident)
        residents, left = (await session.execute(count)).one()
    sys.stdout.write(json.dumps({"residents": residents, "left": left, "mailings": found}) + "\n")


async def main(what: str, *given: str) -> None:
    async with opened() as instance:
        if what == "people":
            await add_people(instance, int(given[0]))
        elif what == "crowd":
            await grow(instance, int(given[0]), int(given[1]))
        elif what == "send":
            await send_in_towns(instance, given[0], int(given[1]) if len(given) > 1 else 0)
        elif what == "part":
            await part(instance)
        else:
            await show_figures(instance)


asyncio.run(main(*sys.argv[1:]))
