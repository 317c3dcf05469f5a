"""Style sheet and scripts. Their address carries a mark of their content, so a browser may keep them for a year."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.web.templates import STATIC


class KeptFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        marked = b"v=" in scope.get("query_string", b"")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if marked else "no-cache"
        return response


def static_files() -> KeptFiles:
    return KeptFiles(directory=STATIC)
