"""Words as a search of notices compares them."""

from server.core.search import like, searchable

__all__ = ["like", "searchable"]
