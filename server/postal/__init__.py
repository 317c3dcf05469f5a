"""Postal addresses as values: the post's six lines, what people type, the commune's address file, the walking order. Pure."""
