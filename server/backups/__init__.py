"""Backups: everything of the instance in one sealed file, made while it runs, tried by restoring it, and brought back."""
