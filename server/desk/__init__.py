"""The staff's first room: what needs a hand today."""
