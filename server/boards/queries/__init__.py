"""Questions about boards, what hangs on them, rounds, certificates and acts."""

from server.boards.queries.boards import find_by_name, get_board, list_boards

__all__ = ["find_by_name", "get_board", "list_boards"]
