"""A browser in two words, for the list of one's own sessions: "Firefox, Windows". Nothing finer is kept."""

_BROWSERS = (
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("samsungbrowser", "Samsung Internet"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("chromium", "Chromium"),
    ("crios", "Chrome"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)
_SYSTEMS = (
    ("android", "Android"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """The browser and the system, as far as the browser says."""
    said = user_agent.lower()[:500]
    names = [next((name for mark, name in kinds if mark in said), "") for kinds in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in names if name)
