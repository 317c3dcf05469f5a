"""Who does something: what a use case needs to know of the person, and nothing of the web."""

from dataclasses import dataclass

from server.accounts.models import Role


@dataclass(frozen=True)
class Actor:
    """The person (or the person behind a token) on whose behalf a use case runs."""

    account_id: int
    name: str
    roles: frozenset[Role]
    session_id: int | None = None
    email: str = ""
    language: str = "fr"

    def has_role(self, *roles: Role) -> bool:
        """Whether one of `roles` is held; an administrator holds them all."""
        return Role.ADMINISTRATOR in self.roles or not self.roles.isdisjoint(roles)
