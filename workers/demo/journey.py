"""The main job from end to end: a fresh town, its residents, notices, a letter sent by real SMTP, pages and posters."""

import asyncio
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.cli.opening import Instance, Refused
from server.core import clock
from server.core.i18n import translate
from server.demo.stage import Stage, set_stage
from server.issues.approval import approve_issue, submit_issue
from server.issues.content import issue_content
from server.issues.drafting import create_issue
from server.issues.schemas import IssueDraft
from server.issues.sending import prepare_letter, send_issue
from server.mailings.queries import figures
from server.notices.schemas import NoticeDraft
from server.notices.service import approve_notice, create_notice, publish_notice, submit_notice
from server.residents.importing import import_residents
from server.residents.queries import count_audience, reach
from workers.demo.progress import Steps
from workers.demo.reading import Piece
from workers.demo.saving import Fetched, Saved, fetch, save_pages
from workers.instance import beside, listening, serve
from workers.runner import crew, run_workers
from workers.transports.catcher import catching

_STALLED = 60.0  # seconds without one more message accepted
_LOOK = 0.2


@dataclass
class Journey:
    """What has been made so far."""

    instance: Instance
    out: Path
    steps: Steps
    stage: Stage
    topic_ids: list[int]
    notices: dict[int, str]
    """Numbers by id, in reading order."""
    mailing_id: int = 0
    people: int = 0
    accepted: int = 0


async def travel(
    instance: Instance, out: Path, steps: Steps, texts: Sequence[Piece], residents: bytes
) -> dict[str, Any]:
    """Everything, one step after another; gives the summary. Raises Refused when anything is missing."""
    began = time.monotonic()
    for folder in ("mail", "web", "paper"):
        shutil.rmtree(out / folder, ignore_errors=True)
        (out / folder).mkdir(parents=True)
    with steps.step("A fresh town"):
        stage = await set_stage(instance.database, instance.secrets, instance.files, instance.settings.url)
    journey = Journey(instance, out, steps, stage, [stage.topics["lettre"]], {})
    await _bring_residents(journey, residents)
    await _write_notices(journey, texts)
    reached = await _send_letter(journey)
    await _deliver(journey)
    pages = await _save_what_is_public(journey)
    summary = {
        "people": journey.people,
        "reached": {**reached, "email": journey.accepted},
        "accepted": journey.accepted,
        "notices": len(journey.notices),
        "pages": pages,
        "posters": len(list((out / "paper").glob("*.pdf"))),
        "seconds": round(time.monotonic() - began, 2),
    }
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return summary


async def _bring_residents(journey: Journey, content: bytes) -> None:
    stage = journey.stage
    with journey.steps.step("Residents from the list"):
        async with stage.database.writing() as session:
            report = await import_residents(
                session,
                stage.secrets,
                stage.town_id,
                stage.administrator,
                content,
                declared_origin="tambour demo --residents",
            )
        if report.bad:
            lines = "\n".join(f"  line {bad.line}: {translate(bad.message, 'en')}" for bad in report.bad[:20])
            raise Refused(f"The list of residents cannot be used:\n{lines}")
        async with stage.database.reading() as session:
            journey.people = (await reach(session, stage.town_id)).people
    if not journey.people:
        raise Refused("The list of residents names nobody.")


async def _write_notices(journey: Journey, texts: Sequence[Piece]) -> None:
    stage = journey.stage
    with journey.steps.step("Notices written, approved, published", total=len(texts)) as step:
        for place, piece in enumerate(texts):
            topic_id = list(stage.topics.values())[place % len(stage.topics)]
            draft = NoticeDraft.model_validate(
                {
                    "title": piece.title,
                    "summary": piece.summary,
                    "body": piece.body,
                    "concerns": "Tous les habitants",
                    "contact_name": "Mairie, accueil",
                    "contact_phone": "02 61 91 00 10",
                    "valid_from": clock.today(),
                    "topic_ids": sorted({topic_id, *journey.topic_ids}),
                }
            )
            async with stage.database.writing() as session:
                notice = await create_notice(session, stage.town_id, stage.editor, draft)
                await submit_notice(session, stage.town_id, stage.editor, notice.id)
                read = (notice.revision, notice.content_hash)
                await approve_notice(session, stage.town_id, stage.publisher, notice.id, *read)
                await publish_notice(session, stage.town_id, stage.publisher, notice.id, notice.content_hash)
                journey.notices[notice.id] = notice.number
            step.advance()


async def _send_letter(journey: Journey) -> dict[str, int]:
    """Composed, approved and put in the ledger; gives how many people it is for, by channel."""
    stage = journey.stage
    draft = IssueDraft(
        title="La lettre de la commune",
        editorial="Voici ce que la mairie vous dit ce mois-ci, par le moyen que vous avez choisi.",
        editorial_by="Camille Morel, maire",
        has_agenda=True,
        topic_ids=journey.topic_ids,
        notice_ids=list(journey.notices),
    )
    with journey.steps.step("A letter composed and approved"):
        async with stage.database.writing() as session:
            issue = await create_issue(session, stage.town_id, stage.editor, draft)
            await submit_issue(session, stage.town_id, stage.editor, issue.id)
            content = await issue_content(session, issue)
            await approve_issue(session, stage.town_id, stage.publisher, issue.id, content.content_hash)
        async with stage.database.reading() as session:
            prepared = await prepare_letter(session, stage.files, stage.town_id, issue.id, stage.url)
            reached = await count_audience(session, stage.town_id, journey.topic_ids)
        async with stage.database.writing() as session:
            mailing = await send_issue(session, stage.secrets, prepared, stage.publisher, "demonstration")
            journey.mailing_id = mailing.id
    return reached


async def _deliver(journey: Journey) -> None:
    """Through real SMTP to the local catcher, until the ledger says that nothing is left."""
    instance = journey.instance
    caught = instance.settings.home / "mail"
    async with catching(caught) as transport:
        workers = crew(instance.settings, instance.database, instance.secrets, transport)
        async with beside(lambda stop: run_workers(instance.database, workers, stop)):
            await _watch(journey)
    for message in caught.glob("*.eml"):
        shutil.copyfile(message, journey.out / "mail" / message.name)
    kept = len(list((journey.out / "mail").glob("*.eml")))
    if kept != journey.accepted:
        raise Refused(f"The ledger says {journey.accepted} accepted, the catcher kept {kept}.")


async def _watch(journey: Journey) -> None:
    """Show the ledger's figures until everybody is settled. Raises Refused if somebody was not reached, or it stalls."""
    stage, since = journey.stage, time.monotonic()
    with journey.steps.step("Letters accepted by the relay") as step:
        while True:
            async with stage.database.reading() as session:
                found = await figures(session, stage.town_id, journey.mailing_id)
            step.show(found.accepted, found.total)
            if found.accepted > journey.accepted:
                journey.accepted, since = found.accepted, time.monotonic()
            if found.accepted == found.total:
                return
            if not found.to_send + found.deferred + found.uncertain:
                raise Refused(f"Of {found.total} letters, {found.refused + found.cancelled} were not accepted.")
            if time.monotonic() - since > _STALLED:
                raise Refused(f"Nothing was accepted for a minute: {found.accepted} of {found.total} so far.")
            await asyncio.sleep(_LOOK)


async def _save_what_is_public(journey: Journey) -> int:
    """Pages and posters as anybody gets them from the running web. Gives how many pages were saved."""
    anywhere = journey.instance.settings.model_copy(update={"port": 0})
    with listening(anywhere) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with beside(lambda stop: serve(journey.instance, listener, stop)):
            saved = await _save_pages(journey, base)
            await _save_posters(journey, base)
    return sum(file.suffix == ".html" for file in saved.files.values())


async def _save_pages(journey: Journey, base: str) -> Saved:
    start = "/saint-aubin/"

    def is_wanted(path: str) -> bool:
        is_public = path.startswith((start, "/static/")) and not path.startswith(f"{start}desk")
        return is_public and not path.endswith(".pdf")

    with journey.steps.step("Public pages saved"):
        saved = await asyncio.to_thread(save_pages, base, start, journey.out / "web", journey.stage.url, is_wanted)
    if saved.missing:
        raise Refused(f"Pages that are linked to but do not exist: {', '.join(saved.missing[:5])}")
    wanted = {f"{start}notices/{number}" for number in journey.notices.values()}
    if lacking := sorted(wanted - saved.files.keys()):
        raise Refused(f"Notices that no page leads to: {', '.join(lacking)}")
    return saved


async def _save_posters(journey: Journey, base: str) -> None:
    with journey.steps.step("Posters set", total=len(journey.notices)) as step:
        for number in journey.notices.values():
            try:
                sheet: Fetched = await asyncio.to_thread(fetch, f"{base}/saint-aubin/notices/{number}/poster.pdf")
            except OSError as error:
                raise Refused(f"The poster of notice {number} could not be set: {error}") from error
            (journey.out / "paper" / f"{number}.pdf").write_bytes(sheet.content)
            step.advance()
