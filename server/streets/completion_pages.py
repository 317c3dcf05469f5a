"""What a form asks while an address is typed: streets and doors as JSON, for the town's staff."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from server.accounts.dependencies import Counter
from server.streets.completion import complete
from server.web.dependencies import CurrentTown, Reading

router = APIRouter()


@router.get("/desk/addresses/completions", name="address_completions")
async def list_completions(session: Reading, town: CurrentTown, _staff: Counter, q: str = "") -> JSONResponse:
    """`line` goes into the field of the street; `known` says whether the address file has this very door."""
    found = [
        {
            "line": one.line,
            "street": one.street,
            "street_id": one.street_id,
            "known": one.is_known,
            "postcode": one.postcode,
            "post_town": one.post_town,
        }
        for one in await complete(session, town.id, q)
    ]
    return JSONResponse({"completions": found})
