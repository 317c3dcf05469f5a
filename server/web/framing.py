"""A finished mail shown inside one of our pages: an isolated document that may load nothing and run nothing.

A mail carries its style in its tags, which the policy of our pages forbids. The framed document gets a policy of its
own that allows exactly the styles it has, each by its hash, and nothing else; `sandbox` gives it an origin of its own.
"""

import base64
import re
from hashlib import sha256

from fastapi.responses import HTMLResponse

_STYLE_ATTRIBUTE = re.compile(r'\sstyle="([^"]*)"')
_STYLE_ELEMENT = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


def framed(html: str) -> HTMLResponse:
    """`html`, a complete document whose pictures are embedded as `data:`, for an iframe of ours."""
    styles = {match.replace("&#34;", '"').replace("&amp;", "&") for match in _STYLE_ATTRIBUTE.findall(html)}
    styles |= set(_STYLE_ELEMENT.findall(html))
    hashes = " ".join(sorted(f"'sha256-{_digest(style)}'" for style in styles))
    policy = (
        f"default-src 'none'; style-src 'unsafe-hashes' {hashes}; img-src data:; base-uri 'none'; "
        # A link opens a page of its own: one that inherited the sandbox could not even send a form.
        "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    return HTMLResponse(html, headers={"content-security-policy": policy})


def _digest(style: str) -> str:
    return base64.b64encode(sha256(style.encode()).digest()).decode()
