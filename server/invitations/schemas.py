"""What is typed to ask for a new password."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from server.web.fields import Mailbox


class PasswordRequest(BaseModel):
    email: Annotated[Mailbox, AfterValidator(str.lower)] = Field(max_length=254)
