"""What can be printed, by code: each feature names its products here, and the worker is told how each is made."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from server.accounts.models import Role
from server.core.database import Database
from server.core.files import FileStore
from server.core.i18n import Message
from server.core.secrets import Secrets


@dataclass(frozen=True)
class Product:
    """`roles` may follow its jobs and fetch its files; an administrator always may."""

    code: str
    name: Message
    roles: frozenset[Role]
    names_people: bool = False
    """Residents stand on it by name: its files go when one of them is erased, and can be made again."""


@dataclass(frozen=True)
class Order:
    """What a recipe is given: whose job it is, what was asked for, and where to say how far it is."""

    database: Database
    files: FileStore
    secrets: Secrets
    instance_url: str
    municipality_id: int
    parameters: Mapping[str, Any]
    language: str
    progress: Callable[[int, int], Awaitable[None]]
    """`await order.progress(done, total)`, as often as you like: it is written down now and then."""


@dataclass(frozen=True)
class Made:
    """A file of a job. Long runs give several, each a chunk that is stored before the next is begun."""

    name: str
    content: bytes
    pages: int = 0
    media_type: str = "application/pdf"


Recipe = Callable[[Order], AsyncIterator[Made]]
"""An asynchronous generator. It may run again from the start, and then must give the same bytes for the same data."""

_PRODUCTS: dict[str, Product] = {}


def product(code: str, name: Message, *roles: Role, names_people: bool = False) -> str:
    """Register a product; give the code to `ask_print`, and its recipe to `workers/handlers.py`."""
    new = Product(code, name, frozenset(roles), names_people)
    if _PRODUCTS.setdefault(code, new) != new:
        raise ValueError(f"two products are called {code}")
    return code


def product_of(code: str) -> Product:
    return _PRODUCTS[code]


def codes_for(roles: frozenset[Role]) -> list[str]:
    """The products whose jobs somebody with `roles` may see."""
    is_administrator = Role.ADMINISTRATOR in roles
    return [code for code, one in _PRODUCTS.items() if is_administrator or not roles.isdisjoint(one.roles)]


def codes_that_name_people() -> list[str]:
    return [code for code, one in _PRODUCTS.items() if one.names_people]
