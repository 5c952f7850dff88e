"""Two versions of an explanation, told apart word by word."""

import pytest

from parindex.templatetags.comparing import compared


@pytest.mark.parametrize(
    ("theirs", "mine", "shown"),
    [
        ("Rà soát 1 thủ tục.", "Rà soát 2 thủ tục.", "Rà soát <del>1</del> <ins>2</ins> thủ tục."),
        ("Đã báo cáo.", "Đã báo cáo. Có phụ lục.", "Đã báo cáo. <ins>Có phụ lục.</ins>"),
        ("Theo báo cáo quý III.", "", "<del>Theo báo cáo quý III.</del>"),
        ("Dưới <5 %", "Dưới <5 %", "Dưới &lt;5 %"),
    ],
)
def test_words_of_one_version_only_are_marked(theirs: str, mine: str, shown: str) -> None:
    assert compared(theirs, mine) == shown
