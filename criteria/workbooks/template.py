"""An empty workbook for a new framework: it explains itself, offers the words to choose from, and adds up."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from io import BytesIO
from types import MappingProxyType
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from criteria.enums import NotApplicableMode, Source, Standing
from criteria.rules import LABELS, RuleKind
from criteria.workbooks import own_columns as own
from criteria.workbooks.drawing import Page, add_styles

HEADER, TOTAL, FIRST, LAST = 3, 4, 5, 400
# Columns of the paper's own that may be added on the right.
FURTHER = 6
COLUMNS = MappingProxyType(
    {
        own.CODE: 9,
        own.TITLE: 52,
        own.POINTS: 10,
        own.RULE: 22,
        own.PARAMETERS: 34,
        own.GUIDANCE: 44,
        own.EVIDENCE: 34,
        own.SOURCE: 20,
        own.LEAD: 20,
        own.SUPPORTING: 20,
        own.STANDING: 22,
        own.MODE: 22,
        own.ASKED: 14,
    }
)
LISTS = MappingProxyType(
    {
        own.RULE: tuple(own.RULES),
        own.SOURCE: tuple(own.SOURCES),
        own.STANDING: tuple(own.STANDINGS),
        own.MODE: tuple(own.MODES),
        own.ASKED: (own.YES, own.NO),
    }
)
# When to choose each kind, and its parameters for a maximum of 2 points.
EXAMPLES: Mapping[RuleKind, tuple[str, str]] = MappingProxyType(
    {
        RuleKind.MANUAL: ("Người chấm ghi thẳng số điểm từ 0 đến mức cao nhất.", ""),
        RuleKind.YES_NO: ("Đạt thì trọn điểm, không đạt thì 0.", ""),
        RuleKind.LEVELS: (
            "Chọn một mức; mức cao nhất bằng trọn điểm.",
            "Đúng hạn: 2\nChậm dưới 10 ngày: 50 %\nKhông ban hành: 0",
        ),
        RuleKind.RATIO: ("Tỷ lệ nhân với trọn điểm; dưới ngưỡng thì 0.", "ngưỡng tối thiểu: 70"),
        RuleKind.STEPS: (
            "Bậc theo giá trị: “từ” gồm cả mốc, “trên” không gồm mốc.",
            "từ 90: 2\ntrên 70: 1\nđiểm dưới mốc thấp nhất: 0,5",
        ),
        RuleKind.LINEAR: ("Tăng đều giữa hai ngưỡng.", "ngưỡng 0 điểm: 50\nngưỡng điểm tối đa: 100"),
        RuleKind.COUNT: (
            "Mỗi sáng kiến, mỗi lần được một số điểm, không quá mức cao nhất.",
            "điểm cho mỗi đơn vị đếm: 0,5",
        ),
        RuleKind.PARTS: ("Cộng các phần đạt được.", "Có kế hoạch: 0,5\nĐúng hạn: 0,5\nĐủ nội dung: 1"),
        RuleKind.DEDUCTION: (
            "Trọn điểm trừ theo từng loại vi phạm, không dưới 0.",
            "Báo cáo chậm: 0,5\nBáo cáo sai: 1",
        ),
        RuleKind.SURVEY: ("Chỉ số khảo sát nhân với trọn điểm.", ""),
        RuleKind.BEST_UNIT: ("So với đơn vị cao nhất của nhóm.", ""),
        RuleKind.SELF_ACCURACY: (
            "Nộp sớm, báo cáo tốt và tự chấm sát kết quả.",
            "điểm nộp sớm: 0,5\nđiểm chất lượng báo cáo: 0,5\nđiểm tự chấm sát: 1\nsố ngày nộp sớm: "
            "1\nsai số cho phép: 5",
        ),
        RuleKind.IMPORTED: ("Kết quả của đợt đánh giá khác quy đổi ra điểm.", "thang điểm của kết quả: 100"),
    }
)
STEPS = (
    "Ghi bộ tiêu chí vào trang “Bộ tiêu chí”: thay các dòng ví dụ bằng nội dung của quyết "
    "định, mỗi mục một dòng.",
    "Mã cho biết cấp: 1 là nội dung, 1.1 là tiêu chí, 1.1.1 là tiêu chí thành phần. Mục cấp "
    "trên đứng ngay trên các mục con.",
    "Chỉ mục không có mục con mới có điểm và cách chấm. Mục có mục con: điểm là công thức đã "
    "khóa, hoặc để trống, hệ thống tự cộng.",
    "Cột có danh sách (cách chấm, nguồn điểm…) thì chọn trong danh sách. Tham số ghi mỗi "
    "dòng một ý (Alt + Enter để xuống dòng).",
    "Để trống cách chấm thì hệ thống đọc cách chấm từ hướng dẫn; không chắc chắn thì để chấm "
    "trực tiếp và báo lại.",
    "Cột khác của văn bản cứ thêm ở bên phải: được giữ nguyên. Muốn bỏ dòng có công thức: "
    "Xem lại, Bỏ bảo vệ trang tính (không có mật khẩu).",
    "Lưu tệp rồi mở Bộ tiêu chí, Đọc bộ tiêu chí từ bảng tính. Hệ thống cho xem trước, nêu "
    "chỗ chưa khớp, rồi mới lưu.",
)
Line = tuple[str, str, str, RuleKind | None, str]
ROWS: tuple[Line, ...] = (
    ("1", "Công tác chỉ đạo, điều hành cải cách hành chính", "", None, ""),
    ("1.1", "Kế hoạch cải cách hành chính năm", "", None, ""),
    (
        "1.1.1",
        "Ban hành kế hoạch đúng thời hạn",
        "2",
        RuleKind.LEVELS,
        "Ban hành trước ngày 31/12 năm trước.",
    ),
    (
        "1.1.2",
        "Mức độ hoàn thành kế hoạch",
        "2",
        RuleKind.STEPS,
        "Tỷ lệ nhiệm vụ hoàn thành trên tổng số nhiệm vụ.",
    ),
    ("1.2", "Sáng kiến cải cách hành chính", "2", RuleKind.COUNT, ""),
    ("2", "Cải cách thủ tục hành chính", "", None, ""),
    ("2.1", "Tỷ lệ hồ sơ giải quyết đúng hạn", "2", RuleKind.RATIO, ""),
    ("2.2", "Công khai thủ tục hành chính", "2", RuleKind.YES_NO, ""),
    ("2.3", "Chấp hành chế độ báo cáo", "2", RuleKind.DEDUCTION, ""),
    ("3", "Tác động của cải cách hành chính", "", None, ""),
    ("3.1", "Mức độ hài lòng của người dân, tổ chức", "2", RuleKind.SURVEY, ""),
)
USUAL = MappingProxyType(
    {
        own.STANDING: Standing.ORDINARY.label,
        own.MODE: NotApplicableMode.EXCLUDED.label,
        own.ASKED: own.YES,
    }
)


@cache
def template_workbook() -> bytes:
    """The bytes of an .xlsx that is read without a single discrepancy while its example is kept."""
    book = Workbook()
    add_styles(book)
    _explain(book.active)
    sheet = book.create_sheet("Bộ tiêu chí")
    page = Page(sheet)
    page.write(1, 1, "Bộ tiêu chí xác định Chỉ số cải cách hành chính", "ten")
    page.header(HEADER, list(COLUMNS), list(COLUMNS.values()))
    page.row(TOTAL, [own.TOTAL if name == own.TITLE else None for name in COLUMNS], bold=True)
    _sum(sheet, TOTAL, "")
    for line, row in enumerate(ROWS, start=FIRST):
        _write(page, line, row)
    for line in range(FIRST + len(ROWS), LAST + 1):
        page.row(line, [None] * len(COLUMNS))
    _protect(sheet)
    _offer(book, sheet)
    sheet.freeze_panes = sheet.cell(FIRST, 3)
    page.print_on_a4(HEADER)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _column(name: str) -> int:
    return list(COLUMNS).index(name) + 1


def _letter(name: str) -> str:
    return get_column_letter(_column(name))


def _write(page: Page, line: int, row: Line) -> None:
    code, title, points, kind, guidance = row
    said: dict[str, str | Decimal | None] = {own.CODE: code, own.TITLE: title, own.GUIDANCE: guidance}
    if kind is not None:
        source = Source.SURVEY if kind is RuleKind.SURVEY else Source.SELF
        said |= {own.POINTS: Decimal(points), own.RULE: LABELS[kind], own.PARAMETERS: EXAMPLES[kind][1]}
        said |= {own.SOURCE: source.label} | dict(USUAL)
    page.row(line, [said.get(name) for name in COLUMNS], bold=kind is None)
    level = code.count(".")
    page.sheet.cell(line, _column(own.TITLE)).alignment = Alignment(
        vertical="center", wrap_text=True, indent=level
    )
    if kind is None:
        _sum(page.sheet, line, code)


def _sum(sheet: Any, line: int, code: str) -> None:
    """The points of the leaves below: rows that have a rule, and a code that goes on from this one."""
    points, codes, rules = (_letter(name) for name in (own.POINTS, own.CODE, own.RULE))
    below, last = line + 1, LAST
    inside = f'{codes}{below}:{codes}{last},{codes}{line}&".*",' if code else ""
    sheet.cell(
        line, _column(own.POINTS)
    ).value = f'=SUMIFS({points}{below}:{points}{last},{inside}{rules}{below}:{rules}{last},"?*")'


def _protect(sheet: Any) -> None:
    """Only the header and the sums are locked, without a password."""
    points = _column(own.POINTS)
    for line in range(HEADER, LAST + 1):
        own_cells = range(1, len(COLUMNS) + 1) if line >= FIRST else ()
        for column in (*own_cells, *range(len(COLUMNS) + 1, len(COLUMNS) + 1 + FURTHER)):
            cell = sheet.cell(line, column)
            if column != points or cell.data_type != "f":
                cell.protection = Protection(locked=False)
    protection = sheet.protection
    protection.sheet = True
    protection.formatCells = protection.formatColumns = protection.formatRows = False
    protection.insertRows = protection.insertColumns = protection.deleteRows = False


def _offer(book: Workbook, sheet: Any) -> None:
    """Lists to choose from; their words stand in a hidden sheet, as some hold commas."""
    words = book.create_sheet("Danh mục")
    words.sheet_state = "hidden"
    page = Page(words)
    for column, (name, offered) in enumerate(LISTS.items(), start=1):
        for line, word in enumerate(offered, start=1):
            page.write(line, column, word, "chu")
        letter = get_column_letter(column)
        choice = DataValidation(
            "list", f"'{words.title}'!${letter}$1:${letter}${len(offered)}", allow_blank=True
        )
        choice.errorTitle, choice.error = name, "Chọn trong danh sách."
        choice.add(f"{_letter(name)}{FIRST}:{_letter(name)}{LAST}")
        sheet.add_data_validation(choice)
    points = DataValidation("decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    points.errorTitle, points.error = own.POINTS, "Ghi số điểm, từ 0 trở lên."
    points.add(f"{_letter(own.POINTS)}{FIRST}:{_letter(own.POINTS)}{LAST}")
    sheet.add_data_validation(points)


def _explain(sheet: Any) -> None:
    sheet.title = "Hướng dẫn"
    page = Page(sheet)
    for column, width in (("A", 30), ("B", 62), ("C", 44)):
        sheet.column_dimensions[column].width = width
    page.write(1, 1, "Cách ghi bộ tiêu chí vào tệp này", "ten")
    line = 2
    for number, step in enumerate(STEPS, start=1):
        line += 1
        page.write(line, 1, f"{number}. {step}", "doan")
        sheet.merge_cells(start_row=line, end_row=line, start_column=1, end_column=3)
        sheet.row_dimensions[line].height = 32
    line += 2
    page.write(line, 1, "Cách chấm", "cot")
    page.write(line, 2, "Dùng khi nào", "cot")
    page.write(line, 3, "Tham số, ví dụ cho mục 2 điểm", "cot")
    for kind, (when, parameters) in EXAMPLES.items():
        line += 1
        page.row(line, [LABELS[kind], when, parameters])
    page.print_on_a4(1)
