"""Tambour's server: use cases, pages and API. `workers` runs it."""
