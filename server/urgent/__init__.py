"""Urgent notices: a burst main, a flood, a cut. One form, every channel of the town at once, and what came of it."""
