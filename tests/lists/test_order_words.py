"""How the order of a list is told in words."""

import pytest

from parindex.listing import Sorting
from parindex.templatetags.listing import orders


@pytest.mark.parametrize(
    ("key", "there", "back"),
    [
        ("ten", "Tên, A đến Z", "Tên, Z đến A"),
        ("luc", "Tên, cũ trước", "Tên, mới trước"),
        ("trang-thai", "Tên, từ đầu", "Tên, từ cuối"),
        ("diem", "Tên, tăng dần", "Tên, giảm dần"),
    ],
)
def test_names_moments_states_and_figures_have_ways_of_their_own(key: str, there: str, back: str) -> None:
    shown = orders({"headings": [(key, "Tên")], "sort": Sorting(key, backwards=True)})

    assert shown == [(key, there, False), (f"-{key}", back, True)]
