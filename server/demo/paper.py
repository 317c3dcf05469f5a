"""The letter on paper: planned, carried round by round, and one that came back from an address nobody lives at."""

from datetime import timedelta

from server.core import clock
from server.demo.stage import Stage
from server.issues.models import Issue
from server.printruns import queries
from server.printruns.models import BatchState
from server.printruns.planning import plan_run
from server.printruns.schemas import RunDraft
from server.printruns.stepping import advance_batch, note_returns
from server.residents.models import Channel

_WALKERS = ("Michel", "Sylvie", "Karim", "Odile")


async def carry_letter(stage: Stage, issue: Issue) -> None:
    """What went by email in the morning is in the letterboxes two days later."""
    town_id, begun = stage.town_id, clock.now()
    draft = RunDraft(title=issue.title, issue_id=issue.id, topic_ids=issue.topic_ids, by_hand_inside=False)
    async with stage.database.writing() as session:
        run = await plan_run(session, town_id, stage.editor, draft)
        batches = await queries.list_batches(session, town_id, [run.id])
        for place, batch in enumerate(batches):
            who = "La Poste" if batch.channel is Channel.POST else _WALKERS[place % len(_WALKERS)]
            steps = [(BatchState.PRINTED, ""), (BatchState.HANDED_OVER, who)]
            steps += [(BatchState.DELIVERED, "")] if batch.channel is not Channel.POST else []
            for hours, (state, name) in enumerate(steps, 1):
                with clock.frozen(begun + timedelta(hours=3 * hours)):
                    await advance_batch(session, town_id, stage.editor, run.id, batch.id, state, who=name)
        stamped = await queries.list_copies(session, town_id, run.id, channel=Channel.POST, with_trouble=False)
        with clock.frozen(begun + timedelta(days=1)):
            if stamped and not await queries.list_holds(session, town_id):
                await note_returns(session, town_id, stage.counter, run.id, [stamped[0][0].number])
