"""The rehearsal of an installation: see rehearse.py."""
