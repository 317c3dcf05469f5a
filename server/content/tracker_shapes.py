"""How tracking addresses look, whoever made them: the words in their paths, the names of their hosts, their tokens."""

import re

from server.content.addresses import WebAddress

# --- paths -------------------------------------------------------------------------------------------------------------

_COUNTING_SEGMENT = re.compile(
    r"open|opens|opened|openrate|opentracker|mktopen|tracking|trackers?|trks?|[lp]track|clicks?|clk|click-?through|pixels?"
    r"|pixelserver|beacons?|ping|imgping|imp|e?mimp|gen_204|ci0|cl0|i0|l0|e[1-3]t|mctx|optiext|shorturl|attribution_link"
    r"|(?:open|g|r|o)\.html|[a-z]\d?\.(?:php|aspx?|ashx|jsp|cgi|dll|pl)",
    re.IGNORECASE,
)
_COUNTING_PIECE = re.compile(
    r"(?:e-?mails?|mail|mailer|edm|newsletter|campaign|message)[-_.]?(?:is)?(?:open|track|click|beacon|pixel|event|read)"
    r"|(?:open|click|link|user)[-_]?(?:track|count|beacon|pixel)"
    r"|track(?:ing|er)?[-_]?(?:open|pixel|e?mail|click|link|hit)"
    r"|(?:mailer|mail|read)[-_](?:opened|read|status|open)|mark[-_]read|1px\b|e?trac\b|[-_]beacon|^beacon[-_]"
    r"|[a-z_-]tracker$|[a-z]tracking$|pixel$|e?mail-analytics|email_?(?:link|prefs)\b|^spacer$",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"([a-z0-9_-]{1,20})\.(?:php\d?|aspx?|ashx|jsp|cgi|dll|action|pl)", re.IGNORECASE)
_COUNTING_SCRIPTS = re.compile(
    r"open|lt|ut|on|ot|op|tr|trk|track|click|clk|redirect|redir|out|rd|pixel|imp|getpic|banman|email|trace|watermark"
)
# "o" and "op" are "open" for short; deeper in a path they may be anything.
_OPEN_FOR_SHORT = re.compile(r"o|op|eo|oo")
_SHORT = re.compile(r"[aceioqlrtz]|ea|eo|ls|lt|mo|oo|op|rd|ss|tr|ts|wf|c2|ct|cl|pub")
# "track" alone is also a walk or a song.
_TRACK = re.compile(r"track|trace")
_ABOUT_MAIL = re.compile(r"mail|transaction|newsletter|campaign|link|click|open", re.IGNORECASE)

_PIXEL_FILE = re.compile(
    r"(?:[a-z0-9]{1,2}|hidden|watermark|.{0,80}(?:track|open|pixel|beacon|count|log|stat|hit)(?:ed|ing|er|s)?\d?)"
    r"\.(?:gif|png|jpe?g|webp|svg)",
    re.IGNORECASE,
)
_UNLINKED_FILE = re.compile(r".{1,200}\.gif|(?:spacer|blank|clear|trans(?:parent)?)\.(?:png|jpe?g|webp)", re.IGNORECASE)
_PICTURE_FILE = re.compile(r".{3,200}\.(?:gif|png|jpe?g|webp|svg)", re.IGNORECASE)

# --- hosts -------------------------------------------------------------------------------------------------------------

_COUNTING_LABEL = re.compile(
    r"(?:clicks?|clk|clic|ctrk|track(?:s|er|ing)?|trk|trck|xtrk|pixels?|px|beacons?|beaconimages|opens|openrate"
    r"|redirect|redir|ping|postoffice|analytics|t|r|em|emails?|enews|epost|edm)\d{0,3}|(?:tracking|trk|pixel)-.{1,40}"
)
_MAILING_LABEL = re.compile(
    r"(?:e|em|emails?|enews|epost|go|l|liens?|links?|lnk|mail|mailers?|mailings?|messages?|mi|mkt|marketing|mag|news"
    r"|newsletters?|nl|notifications?|o|r|re|reply|response|sli|st|t|tr|tm|receipts|servicemails|campaigns?|ea|ct|cl)"
    r"\d{0,3}"
)

# --- tokens ------------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"[A-Za-z0-9_\-~=.+%,|:!*]{12,}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# ... and capitals stand where no word has them: "aDUc", "TyT"
_TURNS = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])|[A-Z](?=[a-z][A-Z])|[a-z](?=[A-Z]{2}[a-z])")
_ENOUGH_TURNS = 3
_VERY_LONG = 60


def counting_host(address: WebAddress) -> str | None:
    """The label that names a counter, as in click.example.fr or mailtrack.example."""
    for place, label in enumerate(address.labels[:-1]):
        is_own_name = place == len(address.labels) - 2
        if _COUNTING_PIECE.search(label) or (not is_own_name and _COUNTING_LABEL.fullmatch(label)):
            return label
    return None


def counting_path(address: WebAddress) -> str | None:
    """The segment that names a counter, as in /track/open.php or /email_opened."""
    from_mailing = is_from_mailing(address)
    for place, segment in enumerate(address.segments):
        low = segment.lower()
        script = _SCRIPT.fullmatch(low)
        if (
            _COUNTING_SEGMENT.fullmatch(low)
            or _COUNTING_PIECE.search(low)
            or (script and _COUNTING_SCRIPTS.fullmatch(script.group(1)))
            or (_OPEN_FOR_SHORT.fullmatch(low) and place < 2)
            or (_SHORT.fullmatch(low) and place == 0 and (from_mailing or _ends_with_question(address, place)))
            or (_TRACK.fullmatch(low) and _is_counting_track(address, place))
        ):
            return segment
    return None


def _ends_with_question(address: WebAddress, place: int) -> bool:
    return place == len(address.segments) - 1 and address.has_query


def _is_counting_track(address: WebAddress, place: int) -> bool:
    is_last = place == len(address.segments) - 1
    return is_last or address.has_query or any(_ABOUT_MAIL.search(segment) for segment in address.segments)


def counting_picture(address: WebAddress) -> str | None:
    """A file that is only fetched to be counted, as in /d/e.png or /mail-open.gif."""
    return next((segment for segment in address.segments[-1:] if _PIXEL_FILE.fullmatch(segment)), None)


def unlinked_picture(address: WebAddress) -> str | None:
    """A file that no honest link leads to: a town has no reason to link to a GIF, a counter has."""
    return next((segment for segment in address.segments[-1:] if _UNLINKED_FILE.fullmatch(segment)), None)


def is_plain_picture(address: WebAddress) -> bool:
    """A picture's file with a name, the same for every reader."""
    is_file = bool(address.segments) and bool(_PICTURE_FILE.fullmatch(address.segments[-1]))
    return is_file and not address.has_query and not any(is_token(segment) for segment in address.segments)


def token_of_one_reader(address: WebAddress) -> str | None:
    """A long meaningless word, where the rest of the address says that it was made for one mail."""
    words = [*address.segments, *(value for _, value in address.pairs)]
    token = next((word for word in words if is_token(word)), None)
    first = address.segments[0].lower() if address.segments else ""
    return token if token and (_SHORT.fullmatch(first) or is_from_mailing(address)) else None


def is_from_mailing(address: WebAddress) -> bool:
    """A press service's subdomain: it proves nothing alone."""
    return any(_MAILING_LABEL.fullmatch(label) for label in address.labels[:-2])


def is_token(word: str) -> bool:
    """Random signs, not words: letters and digits take turns, or it is longer than any name."""
    if _UUID.fullmatch(word) or "~~" in word:
        return True
    if not _TOKEN.fullmatch(word):
        return False
    turns = max((len(_TURNS.findall(part)) for part in re.split(r"[-_.]", word)), default=0)
    return turns >= _ENOUGH_TURNS or (len(word) >= _VERY_LONG and "-" not in word)
