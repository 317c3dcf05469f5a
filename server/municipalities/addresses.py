"""The address residents type to reach a municipality."""

from server.municipalities.models import Municipality


def public_url(municipality: Municipality, instance_url: str) -> str:
    """Without a final slash: its own host if it has one, else its folder on the instance."""
    if municipality.host:
        return f"https://{municipality.host}"
    return f"{instance_url.rstrip('/')}/{municipality.slug}"
