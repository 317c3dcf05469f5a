"""The rehearsal of an installation: `python -m deploy.rehearse`."""
