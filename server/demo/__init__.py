"""The demonstration town: a year of a commune that does not exist, played through the real use cases."""
