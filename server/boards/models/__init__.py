"""Tables of the display boards: boards, postings and their register, rounds and their returns, certificates, acts."""

from server.boards.kinds import BoardKind
from server.boards.models.boards import Board, PostingPreset
from server.boards.models.certificates import ActOnline, ActOnPaper, Certificate, PaperCopy
from server.boards.models.postings import Posting, RegisterEntry
from server.boards.models.rounds import BoardRound, RoundLine, RoundReturn, RoundStop

__all__ = [
    "ActOnPaper",
    "ActOnline",
    "Board",
    "BoardKind",
    "BoardRound",
    "Certificate",
    "PaperCopy",
    "Posting",
    "PostingPreset",
    "RegisterEntry",
    "RoundLine",
    "RoundReturn",
    "RoundStop",
]
