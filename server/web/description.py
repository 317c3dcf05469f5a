"""What the API says of itself (OpenAPI): which token opens what, and how a refusal looks, as they really are."""

from typing import Any

from fastapi import FastAPI
from fastapi.security import HTTPBearer

BEARER = HTTPBearer(scheme_name="token", description="Made under Settings, for one municipality.", auto_error=False)
REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "Refused: `code` never changes, `title` is for people, `fields` says what to correct where.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["status", "code", "title"],
    "properties": {
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "title": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


class Described(FastAPI):
    """A town's pages and API."""

    def openapi(self) -> dict[str, Any]:
        found = super().openapi()
        found["components"]["schemas"]["Problem"] = _PROBLEM
        return found


class Door(FastAPI):
    """The instance's own pages. Who asks here about the API is told of any town's."""

    towns: Described

    def openapi(self) -> dict[str, Any]:
        town = {"default": "town", "description": "The municipality's place in the address of its pages."}
        return {**self.towns.openapi(), "servers": [{"url": "/{town}", "variables": {"town": town}}]}
