"""Who was reached by which channel, and who was not: asked of every room that brings something to people."""
