"""Titles in sentence case."""

import pytest

from parindex.titles import sentence_case


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH", "Công tác chỉ đạo, điều hành"),
        ("Cải cách thể chế", "Cải cách thể chế"),
        ("TÁC ĐỘNG CỦA CCHC ĐẾN NGƯỜI DÂN (Kết quả)", "Tác động của CCHC đến người dân (Kết quả)"),
        ("THỦ TỤC (TTHC) VÀ CƠ CHẾ MỘT CỬA", "Thủ tục (TTHC) và cơ chế một cửa"),
        ("VĂN BẢN QUY PHẠM PHÁP LUẬT (VBQPPL)", "Văn bản quy phạm pháp luật (VBQPPL)"),
        ("ĐIỂM THƯỞNG", "Điểm thưởng"),
        ("TTHC", "TTHC"),
        ("7.1", "7.1"),
    ],
)  # fmt: skip
def test_titles_shouted_by_a_paper_are_set_as_sentences(printed: str, shown: str) -> None:
    assert sentence_case(printed) == shown
