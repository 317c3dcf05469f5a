"""How the post shortens the name of a street that is too long, and what a shortened name stands for."""

from collections.abc import Iterator, Mapping

from server.postal.capitals import bare

LONGEST_LABEL = 32
"""A street's name is left alone up to here."""

# First word of the name: what kind of way it is.
KINDS: Mapping[str, str] = {
    "ALLEE": "ALL",
    "ALLEES": "ALLS",
    "AVENUE": "AV",
    "BOULEVARD": "BD",
    "CARREFOUR": "CAR",
    "CENTRE COMMERCIAL": "CCAL",
    "CHAUSSEE": "CHS",
    "CHEMIN": "CHE",
    "CORNICHE": "COR",
    "COURS": "CRS",
    "DESCENTE": "DSC",
    "DOMAINE": "DOM",
    "ESPLANADE": "ESP",
    "FAUBOURG": "FG",
    "GRANDE RUE": "GR",
    "HAMEAU": "HAM",
    "IMPASSE": "IMP",
    "LIEU DIT": "LD",
    "LOTISSEMENT": "LOT",
    "MONTEE": "MTE",
    "PASSAGE": "PAS",
    "PLACE": "PL",
    "PLAINE": "PLN",
    "PLATEAU": "PLT",
    "PROMENADE": "PRO",
    "PARVIS": "PRV",
    "QUARTIER": "QUA",
    "RESIDENCE": "RES",
    "ROCADE": "ROC",
    "ROND POINT": "RPT",
    "ROUTE": "RTE",
    "RUELLE": "RLE",
    "SENTIER": "SEN",
    "SQUARE": "SQ",
    "TERRASSE": "TSSE",
    "TRAVERSE": "TRA",
    "VILLAGE": "VLGE",
    "VOIE COMMUNALE": "VC",
    "ZONE ARTISANALE": "ZA",
    "ZONE INDUSTRIELLE": "ZI",
}

# Any later word but the last: titles, and what names of streets often begin with.
TITLES: Mapping[str, str] = {
    "ABBE": "ABE",
    "ADJUDANT": "ADJ",
    "AMIRAL": "AML",
    "ANCIEN": "ANC",
    "CAPITAINE": "CNE",
    "COLONEL": "COL",
    "COMMANDANT": "CDT",
    "DEPARTEMENTAL": "DEP",
    "DEPARTEMENTALE": "DEPLE",
    "DOCTEUR": "DR",
    "FAUBOURG": "FG",
    "GENERAL": "GAL",
    "GRAND": "GD",
    "GRANDE": "GDE",
    "GRANDES": "GDES",
    "GRANDS": "GDS",
    "INGENIEUR": "ING",
    "LIEUTENANT": "LT",
    "MADAME": "MME",
    "MARECHAL": "MAL",
    "MARQUIS": "MIS",
    "MONSEIGNEUR": "MGR",
    "NOTRE DAME": "ND",
    "PETIT": "PT",
    "PETITE": "PTE",
    "PRESIDENT": "PDT",
    "PROFESSEUR": "PR",
    "REGIMENT": "RGT",
    "SAINT": "ST",
    "SAINTE": "STE",
    "SERGENT": "SGT",
    "VIEILLE": "VLLE",
    "VIEUX": "VX",
}

# Shorter forms that people type and that the post does not use.
_TYPED_KINDS = {
    "AVE": "AVENUE",
    "BLD": "BOULEVARD",
    "BLVD": "BOULEVARD",
    "BVD": "BOULEVARD",
    "BOUL": "BOULEVARD",
    "CH": "CHEMIN",
    "CHEM": "CHEMIN",
    "FBG": "FAUBOURG",
    "GRAND RUE": "GRANDE RUE",
    "PCE": "PLACE",
    "PROM": "PROMENADE",
    "QU": "QUAI",
    "R": "RUE",
    "SENT": "SENTIER",
}
_KINDS_OF: Mapping[str, str] = {short: long for long, short in KINDS.items()} | _TYPED_KINDS
_TITLES_OF: Mapping[str, str] = {short: long for long, short in TITLES.items()}
KIND_WORDS = frozenset(
    {*KINDS, *_KINDS_OF, "RUE", "QUAI", "COUR", "CITE", "CLOS", "COTE", "VILLA", "VOIE", "SENTE", "RUETTE", "PLACETTE"}
    | {"CAMI", "LEVEE", "MAIL", "PARC", "PONT", "PORT", "PORTE", "RAMPE", "TOUR", "VENELLE", "GALERIE", "ESCALIER"}
    | {"GRANDE", "GRAND", "PETITE", "PETIT", "VIEILLE", "VIEUX", "HAUTE", "BASSE", "ANCIENNE"}
)
"""Words that a line with a street may begin with, spelt out or short."""


def shortened(label: str, longest: int) -> str:
    """`label`, in bare capitals, shortened from the left until it has at most `longest` signs, or as far as it goes."""
    for shorter in _steps(label):
        label = shorter
        if len(label) <= longest:
            break
    return label


def spelt_out(label: str) -> str:
    """The full name in bare capitals of a street written short or long: what makes two spellings one street."""
    kind, rest = _parted(bare(label), _KINDS_OF)
    words = [kind, *_replaced(rest, _TITLES_OF)] if kind else _replaced(rest, _TITLES_OF)
    return " ".join(words)


def _steps(label: str) -> Iterator[str]:
    """Kind first, then title by title; the last word names the street and always stays whole."""
    yield label
    short, words = _parted(label, KINDS)
    done = [short] if short else []
    yield " ".join([*done, *words])
    while words:
        word, taken = _found(words, TITLES)
        if word and len(words) > taken:
            done, words = [*done, word], words[taken:]
            yield " ".join([*done, *words])
        else:
            done, words = [*done, words[0]], words[1:]


def _parted(label: str, names: Mapping[str, str]) -> tuple[str, list[str]]:
    """What the first words are called in `names`, and the words after them; "" if nothing would be left."""
    words = label.split()
    found, taken = _found(words, names)
    return (found, words[taken:]) if found and len(words) > taken else ("", words)


def _replaced(words: list[str], names: Mapping[str, str]) -> list[str]:
    done: list[str] = []
    while words:
        word, taken = _found(words, names)
        done, words = ([*done, word], words[taken:]) if word else ([*done, words[0]], words[1:])
    return done


def _found(words: list[str], names: Mapping[str, str]) -> tuple[str, int]:
    pair = " ".join(words[:2])
    if len(words) > 1 and pair in names:
        return names[pair], 2
    return (names[words[0]], 1) if words and words[0] in names else ("", 0)
