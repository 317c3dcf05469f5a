"""Pages of the residents' rooms, each file a journey: to join, to leave, to choose; the counter's; the topics."""

from fastapi import APIRouter

from server.residents.pages import (
    book,
    choosing,
    confirming,
    counter,
    exporting,
    forms,
    imports,
    leaving,
    paper,
    persons,
    printed,
    receiving,
    topics,
)

public_router = APIRouter()
for _part in (receiving, confirming, choosing, leaving):
    public_router.routes.extend(_part.router.routes)

router = APIRouter()
for _part in (paper, printed, forms, imports, exporting, book, counter, persons, topics):
    router.routes.extend(_part.router.routes)

__all__ = ["public_router", "router"]
