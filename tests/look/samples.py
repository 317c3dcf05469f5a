"""The sample pages by name; each is made when asked for, so that one that does not render fails alone."""

from collections.abc import Callable, Mapping
from functools import partial

from markupsafe import Markup

from server.web.security import CONTENT_SECURITY_POLICY
from tests.look.harness import rendered

WRONG = {"phone": "Indiquez un téléphone : une personne sur six ne peut pas écrire en ligne."}
_FIELDS = ("name", "postcode", "password", "note", "sector", "edition", "topics", "from", "to", "picture", "agree")
ALL_WRONG = {"": "Rien n’a été enregistré.", **{name: f"À corriger : {name}." for name in _FIELDS}}
resident = partial(rendered, staff=None, rooms=())

LETTER = Markup(
    '<p style="margin:0 0 16px">Bonjour, voici les avis de la semaine.</p>'
    '<h2 style="margin:28px 0 10px;font-size:22px;line-height:1.25">Déchets verts : jeudi 26</h2>'
    '<p style="margin:0 0 16px">Sortez vos sacs <strong>la veille au soir</strong>. '
    '<a href="https://saint-aubin.example/avis/87">Lire l’avis en entier</a></p>'
    '<ul style="margin:0 0 16px;padding:0 0 0 24px"><li style="margin:0 0 6px">branches liées, 1,20 m au plus</li></ul>'
)
FOOTER = {
    "why": "Vous recevez cette lettre parce que vous l’avez demandée le 3 mars 2026.",
    "leave_url": "https://saint-aubin.example/leave/LEAVE-TOKEN-OF-FIXED-LENGTH",
    "preferences_url": "https://saint-aubin.example/preferences/PREFERENCES-TOKEN",
    "phone": "05 00 00 00 00",
    "hours": "lundi, mardi, jeudi 9 h – 12 h\nmercredi 14 h – 18 h",
    "paper": "Vous préférez le papier ? Demandez-la par la poste ou dans votre boîte aux lettres, au même numéro.",
    "responsible": "Directrice de la publication : Camille Morel, maire de Saint-Aubin-les-Prés, 4 place de l’Église.",
    "dpo_contact": "dpo@saint-aubin.example",
}
MAIL = {"subject": "Lettre de novembre 2026 & agenda", "footer": FOOTER}

SAMPLES: Mapping[str, Callable[[], str]] = {
    "town": partial(resident, "town.html"),
    "reading": partial(resident, "reading.html", language="en"),
    "writing": partial(rendered, "writing.html", errors=WRONG),
    "listing": partial(
        rendered, "listing.html", notice_bar="L’avis n° 2026-087 est publié ; 812 personnes le recevront."
    ),
    "sending": partial(rendered, "sending.html"),
    "controls": partial(rendered, "controls.html", errors={}),
    "refused": partial(rendered, "controls.html", errors=ALL_WRONG),
    "signin": partial(resident, "signin.html", town=None),
    "error": partial(resident, "errors/404.html"),
    "mail": partial(resident, "email/base.html", body=LETTER, **MAIL),
    "error-bare": partial(resident, "errors/500.html", town=None),
    "error-message": partial(resident, "errors/409.html", message="Camille a enregistré cet avis à 9 h 42."),
}


def policy_of(name: str) -> str:
    """A mail is opened by a mail reader, which has no policy of ours."""
    return "" if name == "mail" else CONTENT_SECURITY_POLICY
