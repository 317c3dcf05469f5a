"""A letter's form: what was ticked and typed."""

from typing import Any

from server.issues.schemas import IssueDraft
from server.web.forms import Form


def draft_typed(form: Form) -> IssueDraft:
    """The letter as typed. Raises Invalid."""
    draft = form.parse(IssueDraft)
    return draft.model_copy(update={"notice_ids": ticked(form)})


def ticked(form: Form) -> list[int]:
    """The ticked notices in the order of their place numbers; the newly ticked ones, without a number, come last."""
    ids = [int(text) for text in form.texts("notice_ids") if text.isdecimal()]
    return sorted(ids, key=lambda one: _place(form.text(f"place-{one}")))


def _place(typed: str) -> float:
    return float(typed) if typed.isdecimal() else float("inf")


def typed(form: Form) -> dict[str, Any]:
    """What was typed, with every field of the form present."""
    return {
        "title": form.text("title"),
        "editorial": form.text("editorial"),
        "editorial_by": form.text("editorial_by"),
        "has_agenda": bool(form.text("has_agenda")),
        "topic_ids": form.texts("topic_ids"),
        "notice_ids": form.texts("notice_ids"),
    }
