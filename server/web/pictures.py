"""Pictures that no address of ours leads to: of a sheet that nobody has saved."""

import base64


def held(picture: bytes) -> str:
    """A PNG as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(picture).decode()
