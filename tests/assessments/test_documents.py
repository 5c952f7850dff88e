"""PDF and Excel: the same figures as the pages, in our own font, exact, and honest about what they are."""

import io
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from assessments.documents.engine import OnlyFonts
from assessments.documents.pdf import ranking_annex, unit_report
from assessments.documents.sources import LiveSource, PublishedSource, Source
from assessments.documents.workbook import ranking_sheets
from assessments.exceptions import DocumentUnavailable
from assessments.models import Publication
from parindex.notation import plain, vietnamese
from tests.assessments.small_round import (
    ALL_LETTERS,
    REASON,
    SMALL_LEAVES,
    SMALL_POINTS,
    big_round,
    build_group,
    publish_round,
    small_round,
)

pytestmark = pytest.mark.django_db

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def source_of(publication: Publication) -> Source:
    return PublishedSource(publication, publication.groups.get())


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, with spaces and line breaks as one space."""
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return [unicodedata.normalize("NFC", " ".join(text.split())) for text in texts]


def fonts_of(pdf: bytes, folder: Path) -> set[str]:
    """Names of the fonts a PDF holds, as poppler sees them, without the subset's prefix."""
    program = shutil.which("pdffonts")
    assert program, "pdffonts is needed: apt-get install poppler-utils"
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    listing = subprocess.run([program, str(path)], capture_output=True, text=True, check=True).stdout  # noqa: S603
    lines = listing.splitlines()[2:]
    assert all(" yes yes " in line for line in lines), "every font is embedded and subset"
    return {line.split()[0].partition("+")[2] for line in lines}


@pytest.fixture
def published() -> Publication:
    return publish_round(small_round())


# PDF


@pytest.mark.parametrize(
    "make", [ranking_annex, lambda source: unit_report(source.unit("C"), source.publication)]
)
def test_a_pdf_holds_tinos_only_and_every_vietnamese_letter(
    published: Publication, tmp_path: Path, make: Callable[[Source], bytes]
) -> None:
    pdf = make(source_of(published))

    assert fonts_of(pdf, tmp_path) <= {
        "Tinos-PAR",
        "Tinos-PAR-Bold",
        "Tinos-PAR-Italic",
        "Tinos-PAR-Bold-Italic",
    }
    letters = set(ALL_LETTERS[:40].replace(" ", ""))
    assert letters <= set("".join(pages_of(pdf)))


def test_all_letters_of_the_alphabet_survive(tmp_path: Path) -> None:
    built = build_group({"A": SMALL_POINTS["A"]}, names={"A": ALL_LETTERS})
    pdf = ranking_annex(LiveSource(built.group))

    assert set(ALL_LETTERS) - {" "} <= set("".join(pages_of(pdf)))
    assert fonts_of(pdf, tmp_path) == {"Tinos-PAR", "Tinos-PAR-Bold", "Tinos-PAR-Italic"}


def test_the_annex_has_the_head_of_an_administrative_paper(published: Publication) -> None:
    first = pages_of(ranking_annex(source_of(published)))[0]

    for words in (
        "ỦY BAN NHÂN DÂN TỈNH THỬ NGHIỆM",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "PHỤ LỤC XẾP HẠNG CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2024 Ủy ban nhân dân các xã, phường",
        "(Kèm theo Quyết định số 123/QĐ-UBND ngày 28 tháng 03 năm 2025)",
    ):
        assert words in first


def test_the_governing_body_stands_above_the_issuing_body() -> None:
    built = small_round()
    built.organiser.parent_name = "Bộ Nội vụ"
    built.organiser.save()

    first = pages_of(ranking_annex(LiveSource(built.group)))[0]
    assert "BỘ NỘI VỤ ỦY BAN NHÂN DÂN TỈNH THỬ NGHIỆM" in first


def test_the_annex_prints_the_rows_of_the_context(published: Publication) -> None:
    source = source_of(published)
    text = " ".join(pages_of(ranking_annex(source)))

    for position, row in enumerate(source.rows(), start=1):
        figures = (row.appraised, row.survey, row.obtained, row.attainable, row.index)
        printed = " ".join(vietnamese(figure, 2) for figure in figures if figure is not None)
        assert f"{position} {row.unit_name} {printed} {row.rank} {row.class_name}" in text
    assert "Phường Đông Hồ 59,75 22,88 82,63 100,00 82,63 2 Tốt" in text
    assert "Phường Đông Hồ 86,88 83,33 76,27 82,63" in text
    assert "Trung bình của nhóm 75,31" in text
    assert "Xuất sắc Từ 90 trở lên 1 33,3 Tốt Từ 80 đến dưới 90 1 33,3" in text
    assert "Phường Đông Hồ Kết quả công bố, tổng điểm đạt 82,66 82,63 +0,03" in text
    assert published.digest in text.replace(" ", "")


def test_a_long_annex_repeats_its_headings_and_numbers_its_pages_from_the_second() -> None:
    source = source_of(publish_round(big_round(60, 8)))
    pages = pages_of(ranking_annex(source))

    first_table = [page for page in pages if "Điểm thẩm định Điểm điều tra XHH Tổng điểm" in page]
    second_table = [page for page in pages if "1. Nội dung thứ 1" in page]
    assert len(first_table) >= 2
    assert len(second_table) >= 2
    assert not pages[0].endswith(" 1")
    assert [page.split()[-1] for page in pages[1:]] == [str(number) for number in range(2, len(pages) + 1)]


def test_a_provisional_document_is_a_draft_on_every_page_and_says_du_kien() -> None:
    source = LiveSource(small_round().group)
    unit = source.unit("A")
    assert unit is not None

    for pages in (pages_of(ranking_annex(source)), pages_of(unit_report(unit, None))):
        assert all("DỰ THẢO" in page for page in pages)
        assert "DỰ KIẾN" in pages[0]
        assert "(Kết quả dự kiến, chưa công bố)" in pages[0]


def test_a_published_document_is_no_draft(published: Publication) -> None:
    source = source_of(published)
    unit = source.unit("A")
    assert unit is not None

    text = " ".join(pages_of(ranking_annex(source)) + pages_of(unit_report(unit, published))).lower()
    assert "dự thảo" not in text
    assert "dự kiến" not in text
    assert "minh họa" not in text


def test_illustrative_figures_are_marked_on_every_page() -> None:
    publication = publish_round(small_round(illustrative=True))
    source = source_of(publication)
    unit = source.unit("A")
    assert unit is not None

    for pages in (pages_of(ranking_annex(source)), pages_of(unit_report(unit, publication))):
        assert all("Số liệu minh họa" in page for page in pages)


def test_the_report_of_a_unit_shows_every_leaf_with_reason_and_who(published: Publication) -> None:
    source = source_of(published)
    unit = source.unit("A")
    assert unit is not None
    text = " ".join(pages_of(unit_report(unit, published)))

    assert "PHIẾU KẾT QUẢ CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2024 Phường Đông Hồ" in text
    assert "Xếp hạng trong nhóm 2/3 Xếp loại Tốt" in text
    for panel in unit.panels:
        for line in panel.leaves:
            figures = f"{vietnamese(line.obtained, 2)} {vietnamese(line.attainable, 2)}"
            reason = f"{REASON} dòng lệnh" if line.lost else "dòng lệnh"
            assert f"{line.criterion.code} {line.criterion.title} {figures} {reason}" in text
    assert "3.1 Mức độ hài lòng của người dân, tổ chức −7,12 30,00" in text
    assert "Kết quả công bố, tổng điểm đạt 82,66 82,63 +0,03 Phần mềm làm tròn từng tiêu chí." in text


def test_a_leaf_that_does_not_apply_is_printed_as_such(published: Publication) -> None:
    unit = source_of(published).unit("B")
    assert unit is not None

    assert "pháp luật KAD 0,00 Không phát sinh nhiệm vụ." in " ".join(pages_of(unit_report(unit, published)))


def test_a_leaf_without_points_is_not_printed_as_lost() -> None:
    built = build_group({"A": ("5", "10", "25", "30", "")})
    unit = LiveSource(built.group).unit("A")
    assert unit is not None
    text = " ".join(pages_of(unit_report(unit, None)))

    assert "Không mất điểm ở tiêu chí nào đã có điểm. Còn 1 mục chưa có điểm: 3.1." in text
    assert "3.1 Mức độ hài lòng của người dân, tổ chức – 30,00" in text


def test_a_pdf_says_its_title_and_language_and_is_tagged(published: Publication) -> None:
    reader = PdfReader(io.BytesIO(ranking_annex(source_of(published))))
    root: Any = reader.trailer["/Root"]

    assert reader.metadata is not None
    assert reader.metadata.title is not None
    assert reader.metadata.title.startswith("Xếp hạng Chỉ số cải cách hành chính năm 2024")
    assert root["/Lang"] == "vi"
    assert root["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://127.0.0.1/", "https://example.org/a.png", "data:,a"]
)
def test_a_document_fetches_nothing_but_our_fonts(url: str) -> None:
    with pytest.raises(PermissionError):
        OnlyFonts({}).fetch(url)


def test_a_machine_without_pango_names_the_packages(
    published: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "assessments.documents.engine")
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(DocumentUnavailable, match="libpangoft2-1.0-0 và libharfbuzz-subset0"):
        ranking_annex(source_of(published))


# Excel


def exact_texts(book: bytes, sheet: int) -> dict[str, tuple[str, str]]:
    """Each cell's type and text as they stand in the file."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314 our own file
    cells = {}
    for cell in root.iter(f"{SHEET}c"):
        texts = [part.text or "" for part in cell.iter() if part.tag in (f"{SHEET}v", f"{SHEET}t")]
        cells[cell.attrib["r"]] = (cell.attrib.get("t", "n"), "".join(texts))
    return cells


def test_amounts_are_numbers_written_exactly() -> None:
    # 79.24 through a binary float with 16 digits is 79.23999999999999.
    built = build_group({"A": ("5", "9.24", "25", "30", "10"), "B": ("2.125", "10", "25", "KAD", "0.1")})
    source = source_of(publish_round(built))
    book = ranking_sheets(source)

    ranking, points = exact_texts(book, 1), exact_texts(book, 2)
    figures = ["69.24", "10", "79.24", "100", "79.24"]
    assert [ranking[f"{column}5"] for column in "DEFGH"] == [("n", figure) for figure in figures]
    rows = {points[f"A{row}"][1]: row for row in range(6, 15)}
    assert points[f"F{rows['1.1.2']}"] == ("n", "9.24")
    assert points[f"G{rows['1.1.1']}"] == ("n", "2.125")
    assert points[f"G{rows['2.1']}"] == ("inlineStr", "KAD")


def test_codes_are_text_so_that_1_10_stays(published: Publication) -> None:
    book = load_workbook(io.BytesIO(ranking_sheets(source_of(published))))
    page = book["Điểm theo tiêu chí"]
    codes = [row[0].value for row in page.iter_rows(min_row=6, max_row=14)]

    assert codes == ["1", "1.1", "1.1.1", "1.1.2", "1.10", "2", "2.1", "3", "3.1"]
    assert all(page[f"A{row}"].data_type == "s" for row in range(6, 15))


def test_the_sheets_hold_the_figures_of_the_context(published: Publication) -> None:
    source = source_of(published)
    book = load_workbook(io.BytesIO(ranking_sheets(source)))

    assert book.sheetnames == ["Xếp hạng", "Điểm theo tiêu chí", "Ghi chú"]
    ranking, points = book["Xếp hạng"], book["Điểm theo tiêu chí"]
    for number, row in enumerate(source.rows(), start=5):
        written = [cell.value for cell in ranking[number]]
        assert written[1:3] == [row.unit_code, row.unit_name]
        assert [str(value) for value in written[3:8]] == [
            plain(value)
            for value in (row.appraised, row.survey, row.obtained, row.attainable, row.index or Decimal(0))
        ]
        assert written[8:10] == [row.rank, row.class_name]
    units = [cell.value for cell in points[4]][5:]
    assert units == ["B", "A", "C"]
    column = units.index("A") + 5
    by_code = {row[0].value: str(row[column].value) for row in points.iter_rows(min_row=6, max_row=14)}
    assert [by_code[code] for code in SMALL_LEAVES] == list(SMALL_POINTS["A"])
    assert (by_code["1"], by_code["1.1"]) == ("34.75", "14.5")
    assert str(points.cell(15, column + 1).value) == "82.63"


def test_every_printed_place_is_shown_and_more_where_there_are_more(published: Publication) -> None:
    book = load_workbook(io.BytesIO(ranking_sheets(source_of(published))))
    points = book["Điểm theo tiêu chí"]
    units = [cell.value for cell in points[4]]
    rows = {row[0].value: row for row in points.iter_rows(min_row=6, max_row=14)}

    assert rows["2.1"][units.index("A")].number_format == "0.00"
    assert rows["2.1"][units.index("C")].number_format == "0.000"


def test_the_notes_sheet_says_decision_scale_differences_and_digest(published: Publication) -> None:
    book = load_workbook(io.BytesIO(ranking_sheets(source_of(published))))
    text = "\n".join(str(cell.value) for row in book["Ghi chú"] for cell in row if cell.value is not None)

    for words in (
        "123/QĐ-UBND",
        "3110/QĐ-UBND",
        "Từ 90 trở lên",
        "82,66",
        "82,63",
        published.digest,
        "cộng rồi làm tròn tổng",
    ):
        assert words in text
    assert "minh họa" not in text


def test_every_sheet_of_a_provisional_or_illustrative_group_says_so() -> None:
    book = load_workbook(io.BytesIO(ranking_sheets(LiveSource(small_round(illustrative=True).group))))

    for page in book:
        top = "\n".join(str(page.cell(row, 1).value) for row in range(1, 4))
        assert "DỰ THẢO" in top
        assert "Số liệu minh họa" in top


def test_a_name_that_looks_like_a_formula_stays_text() -> None:
    built = build_group({"A": SMALL_POINTS["A"]}, names={"A": '=HYPERLINK("http://x","y")'})
    cells = exact_texts(ranking_sheets(LiveSource(built.group)), 1)

    assert cells["C5"] == ("inlineStr", '=HYPERLINK("http://x","y")')


@pytest.mark.parametrize("size", [3, 30])
def test_documents_take_the_same_number_of_queries_for_3_and_30_units(
    size: int, django_assert_num_queries: Any
) -> None:
    publication = publish_round(big_round(size, 8))

    with django_assert_num_queries(3):
        ranking_sheets(source_of(publication))
    with django_assert_num_queries(3):
        ranking_annex(source_of(publication))


# Addresses


def test_files_are_sent_with_their_type_and_name(client: Client, published: Publication) -> None:
    for address, kind, name in (
        ("xep-hang.pdf", "application/pdf", "thu-2024-cap-xa-xep-hang.pdf"),
        ("A/phieu.pdf", "application/pdf", "thu-2024-A.pdf"),
        (
            "xep-hang.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "thu-2024-cap-xa.xlsx",
        ),
    ):
        answer = client.get(f"/dot/thu-2024/cap-xa/{address}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == kind
        assert name in answer["Content-Disposition"]


def test_files_of_an_unpublished_round_are_not_found_for_a_visitor(client: Client) -> None:
    small_round()

    for address in ("xep-hang.pdf", "A/phieu.pdf", "xep-hang.xlsx"):
        assert client.get(f"/dot/thu-2024/cap-xa/{address}").status_code == 404
