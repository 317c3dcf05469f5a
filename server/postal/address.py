"""An address as people write it, and when two of them are the same."""

from dataclasses import dataclass

from server.postal.abbreviations import spelt_out
from server.postal.capitals import bare
from server.postal.doors import postal_repetition, read_door


@dataclass(frozen=True, slots=True)
class Address:
    """The six lines of the postal rules, accents kept. `street` begins with the number."""

    name: str = ""
    inside: str = ""
    """Flat, floor, staircase."""
    outside: str = ""
    """Building, entrance, residence."""
    street: str = ""
    locality: str = ""
    """Hamlet, or the number of a post office box."""
    postcode: str = ""
    post_town: str = ""


def address_key(address: Address) -> tuple[str, ...]:
    """Equal for two spellings of one address, whoever lives there."""
    door = read_door(address.street)
    return (
        bare(address.inside),
        bare(address.outside),
        str(door.number),
        postal_repetition(door.repetition),
        spelt_out(door.street),
        bare(address.locality),
        bare(address.postcode),
        spelt_out(address.post_town),
    )
