"""Tenants: who a municipality is, how it looks, its rules and its places."""
