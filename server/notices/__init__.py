"""Notices: written once, checked, approved as exactly what they are, published, expired or withdrawn."""
