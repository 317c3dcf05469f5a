"""What was typed and cannot be used is answered with what to write instead."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from server.core.errors import Invalid
from server.core.i18n import translate
from server.web.forms import validated


class _Order(BaseModel):
    copies: Annotated[int, Field(ge=1, le=20_000)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0", "Write 1 or a larger number."),
        ("20001", "Write 20,000 or a smaller number."),
        ("many", "Write a whole number."),
    ],
)
def test_a_number_that_cannot_be_says_which_can(typed: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        validated(_Order, {"copies": typed})
    assert translate(caught.value.fields["copies"], "en") == words
