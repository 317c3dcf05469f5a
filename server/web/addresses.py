"""Paths by the name of their route, read once: Starlette would ask every route for each link of a page."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.convertors import Convertor
from starlette.routing import NoMatchFound, compile_path, replace_params


class Addresses:
    """The routes of one application."""

    def __init__(self, app: FastAPI) -> None:
        self._patterns: dict[str, tuple[str, Mapping[str, Convertor[Any]]]] = {}
        for route in iter_route_contexts(app.routes):
            if route.name and route.path:
                self._patterns.setdefault(route.name, compile_path(route.path)[1:])

    def __contains__(self, name: str) -> bool:
        return name in self._patterns

    def path(self, name: str, params: Mapping[str, Any]) -> str:
        """The path of the route `name`. Raises NoMatchFound if there is none, or if its holes are other ones."""
        pattern, convertors = self._patterns.get(name, ("", {}))
        if not pattern or convertors.keys() != params.keys():
            raise NoMatchFound(name, dict(params))
        return replace_params(pattern, dict(convertors), dict(params))[0] if params else pattern


@lru_cache(maxsize=8)
def addresses_of(app: FastAPI) -> Addresses:
    """Asked for with the first page, when every room has been added."""
    return Addresses(app)
