"""Lists in pages of fifty, with a total."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Self, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel
from starlette.requests import Request

SIZE = 50
Item = TypeVar("Item")


@dataclass(frozen=True)
class Slice:
    """Which page of a list is asked for."""

    number: int = 1
    size: int = SIZE

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list, and how many there are in all."""

    items: Sequence[Item]
    total: int
    number: int = 1
    size: int = SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class LinkedPage(Generic[Item]):
    """A page that knows the addresses of its neighbours, filters kept: what the template needs."""

    page: Page[Item]
    request: Request

    @property
    def items(self) -> Sequence[Item]:
        return self.page.items

    @property
    def total(self) -> int:
        return self.page.total

    @property
    def number(self) -> int:
        return self.page.number

    @property
    def pages(self) -> int:
        return self.page.pages

    def url_for(self, number: int) -> str:
        return "?" + self.request.url.include_query_params(page=number).query


class Listing(BaseModel, Generic[Item]):
    """One page of a list as the API answers it."""

    items: list[Item]
    total: int
    page: int
    pages: int

    @classmethod
    def of(cls, page: Page[Any], items: Sequence[Item]) -> Self:
        return cls(items=list(items), total=page.total, page=page.number, pages=page.pages)


def _slice(page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Slice:
    return Slice(page)


AskedSlice = Annotated[Slice, Depends(_slice)]
