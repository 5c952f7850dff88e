"""The same rows in every file format that offices send, made without an office suite."""

import csv
import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

Row = Sequence[Any]
Sheets = dict[str, Sequence[Row]]
Change = Callable[[Worksheet], object]


def xlsx(sheets: Sheets, change: Change | None = None) -> bytes:
    """A workbook; `change` draws on each sheet what rows cannot say."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if change:
            change(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def embolden(*rows: int) -> Change:
    """Draw these rows in bold."""

    def draw(sheet: Worksheet) -> None:
        for row in rows:
            for cell in sheet[row]:
                cell.font = Font(bold=True)

    return draw


def text_csv(rows: Sequence[Row], separator: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """Text with a separator."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=separator)
    writer.writerows([["" if value is None else value for value in row] for row in rows])
    return target.getvalue().encode(encoding)


def ods(sheets: Sheets) -> bytes:
    """An OpenDocument workbook."""
    names = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text")
    )
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>{tables}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return target.getvalue()


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
        return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


RELATED = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.bin" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>'
)


def xlsb(rows: Sequence[Row], sheet: str = "Bảng") -> bytes:
    """A binary workbook of one sheet of texts and numbers."""
    book = _binary(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(sheet))
    cells = b""
    for n, row in enumerate(rows):
        cells += _binary(0, struct.pack("<I", n) + bytes(13))
        for m, value in enumerate(row):
            place = struct.pack("<II", m, 0)
            if isinstance(value, str):
                cells += _binary(6, place + _wide(value))
            elif value is not None:
                cells += _binary(5, place + struct.pack("<d", value))
    size = struct.pack("<4I", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/_rels/workbook.bin.rels", RELATED)
        archive.writestr(
            "xl/workbook.bin", book + _binary(144, b"") + _binary(157, bytes(26)) + _binary(132, b"")
        )
        archive.writestr(
            "xl/worksheets/sheet1.bin", _binary(148, size) + _binary(145, b"") + cells + _binary(146, b"")
        )
    return target.getvalue()


def _binary(kind: int, content: bytes) -> bytes:
    """A record of an .xlsb: its kind and its length in groups of seven bits."""
    return (
        b"".join(
            bytes([number]) if number < 128 else bytes([number % 128 + 128, number // 128])
            for number in (kind, len(content))
        )
        + content
    )


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def repacked(whole: bytes, change: Callable[[bytes], bytes], part: str = "content.xml") -> bytes:
    """The same archive with one part changed, its checksums right: the damage reaches the reader."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in source.namelist():
            content = source.read(name)
            new.writestr(name, change(content) if name == part else content)
    return target.getvalue()


SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xls(rows: Sequence[Row], sheet: str = "Bang", *, locked: bool = False) -> bytes:
    """An Excel 97 workbook of one sheet: BIFF8 records in a compound file; `locked` asks for a password."""
    return _compound(_biff(rows, sheet, locked))


def _biff(rows: Sequence[Row], sheet: str, locked: bool) -> bytes:
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    if locked:
        begin += _record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    code_page = _record(0x0042, struct.pack("<H", 1200))
    name = sheet.encode("utf-16-le")
    head = struct.pack("<BB", len(sheet), 1) + name
    end = _record(0x000A, b"")
    place = len(begin) + len(code_page) + 4 + 6 + len(head) + len(end)
    bound = _record(0x0085, struct.pack("<IBB", place, 0, 0) + head)
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for n, row in enumerate(rows):
        for m, value in enumerate(row):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                body += _record(0x0204, struct.pack("<HHHHB", n, m, 0, len(text) // 2, 1) + text)
            elif value is not None:
                body += _record(0x0203, struct.pack("<HHHd", n, m, 0, Decimal(value)))
    return begin + code_page + bound + end + body + end


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def compound(name: str, stream: bytes) -> bytes:
    """A file in the container of old Office files whose one stream has this name."""
    return _compound(stream, name)


def _compound(stream: bytes, name: str = "Workbook") -> bytes:
    """One stream in the container of old Office files: allocation table, directory, content."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    chain = [n + 3 for n in range(count)]
    chain[-1] = END
    table = [FAT, END, *chain]
    assert len(table) <= SECTOR // 4, "one sector of the allocation table is enough for tests"
    table += [FREE] * (SECTOR // 4 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x003E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry(name, 2, 2, len(stream))
    directory += bytes(SECTOR - len(directory))
    return head + struct.pack("<128I", *table) + directory + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
