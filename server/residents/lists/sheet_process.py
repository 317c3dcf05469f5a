"""The child that reads a spreadsheet: one line of JSON a row, within limits, with no other task and no way back."""

import json
import resource
import sys
from datetime import date, datetime
from typing import Any


def main() -> None:
    path, most_rows, most_memory, most_seconds = sys.argv[1], *map(int, sys.argv[2:5])
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    sheet = workbook.get_sheet_by_index(0)
    for number, row in enumerate(sheet.to_python(skip_empty_area=False, nrows=most_rows + 1), start=1):
        cells = [as_text(cell) for cell in row]
        if any(cells):
            sys.stdout.write(json.dumps([number, cells], ensure_ascii=True) + "\n")


def as_text(cell: Any) -> str:
    """A cell as it is read on the screen: 41000.0 is 41000, a day is a day."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).strip()


if __name__ == "__main__":
    main()
