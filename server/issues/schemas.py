"""What a form or a program may say of an issue."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from server.issues.models import IssueState

MAX_EDITORIAL = 5_000


class IssueDraft(BaseModel):
    """An issue as typed: the ticked notices stand in the order they will be read in."""

    model_config = ConfigDict(str_strip_whitespace=True)

    title: str = Field(min_length=1, max_length=160)
    editorial: str = Field(default="", max_length=MAX_EDITORIAL)
    editorial_by: str = Field(default="", max_length=120)
    has_agenda: bool = False
    topic_ids: list[int] = Field(default_factory=list)
    notice_ids: list[int] = Field(default_factory=list)


class GroupDraft(BaseModel):
    """A group of the council, as it is declared."""

    model_config = ConfigDict(str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=120)


class ColumnDraft(BaseModel):
    """A group's text, exactly as it came."""

    text: str = Field(min_length=1, max_length=MAX_EDITORIAL)
    signed: str = Field(default="", max_length=160)


class IssueView(IssueDraft):
    """An issue as the API shows it. `content_hash` is what an approval is bound to."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    number: int
    state: IssueState
    revision: int
    content_hash: str
    scheduled_at: datetime | None
    sent_at: datetime | None
    mailing_id: int | None


class ReturnNote(BaseModel):
    """The word an issue is sent back with."""

    note: str = Field(default="", max_length=1000)


class IssueChange(IssueDraft):
    """A whole new draft over the revision it was made from."""

    revision: int = Field(ge=1)


class IssueApproval(BaseModel):
    """The hash of exactly what was read."""

    content_hash: str = Field(min_length=64, max_length=64)


class SendingView(BaseModel):
    """The mailing an issue leaves by."""

    mailing_id: int
