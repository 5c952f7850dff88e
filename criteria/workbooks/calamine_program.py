"""A program of its own, started by `apart`: reads an .xls, .xlsb or .ods and writes what the cells hold.

A damaged file can keep the library busy for ever, fill the memory or break its process: this one, not the
server's. It knows nothing of Django or of our other modules, so that it starts at once.

Arguments: seconds of processor time, bytes of memory, most cells in a sheet, most bytes to write. Output: for
each sheet a line with its name, then one for each row that holds anything: [row, [[column, value], …]].
"""

import datetime as dt
import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

import python_calamine

LOCKED, TOO_LARGE, BROKEN = 10, 11, 12
CELLS_OF_ODS = "content.xml"

_ZIP = b"PK\x03\x04"


class TooLarge(Exception):
    """More cells or words than are read."""


def main(seconds: int, memory: int, most_cells: int, most_bytes: int) -> int:
    """Read the standard input, write to the standard output; the exit code says why nothing is written."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    left = most_bytes
    try:
        for line in _lines(sys.stdin.buffer.read(), most_cells):
            written = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            left -= len(written)
            if left < 0:
                return TOO_LARGE
            sys.stdout.buffer.write(written)
    except python_calamine.PasswordError:
        return LOCKED
    except (TooLarge, MemoryError):
        return TOO_LARGE
    except BaseException:  # a Rust panic is no Exception
        return BROKEN
    return 0


def _lines(content: bytes, most_cells: int) -> Iterator[object]:
    if content.startswith(_ZIP):
        _require_whole_xml(content)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    for metadata in book.sheets_metadata:
        hidden = metadata.visible != python_calamine.SheetVisibleEnum.Visible
        if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
            yield {"name": metadata.name, "hidden": hidden, "merges": []}
            continue
        sheet = book.get_sheet_by_name(metadata.name)
        merges = sheet.merged_cell_ranges or []
        merged_rows = sum(bottom - top + 1 for (top, _), (bottom, _) in merges)
        if max(sheet.total_height * sheet.total_width, merged_rows) > most_cells:
            raise TooLarge
        yield {"name": metadata.name, "hidden": hidden, "merges": merges}
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
            if cells := [(column, _plain(value)) for column, value in enumerate(row, 1) if value != ""]:
                yield number, cells


def _plain(value: object) -> object:
    """The value as JSON has it: a day, also one with a time, under a name of its own; other times as text."""
    if isinstance(value, dt.date):
        return {"day": value.isoformat()}
    return str(value) if isinstance(value, dt.time | dt.timedelta) else value


def _require_whole_xml(content: bytes) -> None:
    """Raise where the cells of an .ods do not end: calamine would look for the end for ever."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if CELLS_OF_ODS in package.namelist():
            with package.open(CELLS_OF_ODS) as cells:
                expat.ParserCreate().ParseFile(cells)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
