"""Where to go after signing in: a page of the staff, never another site."""

import re

HOME = "/desk"
_OWN_PATH = re.compile(r"/desk(?:[/?][A-Za-z0-9_.~%&=+,:@/?-]*)?", re.ASCII)


def safe_path(asked: str) -> str:
    """`asked` if it is a path of the staff's pages in their plain form; the first of them otherwise."""
    if not _OWN_PATH.fullmatch(asked) or "//" in asked or ".." in asked or "%2e%2e" in asked.lower():
        return HOME
    return asked
