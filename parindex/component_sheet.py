"""The living sheet of components: every part of the look with its states, as real pages draw it."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from parindex.access import public
from parindex.listing import Filter, Sorting

SYMBOL = re.compile(r'<symbol id="i-([\w-]+)"')


class SheetForm(forms.Form):
    """Two fields, one right and one wrong."""

    number = forms.CharField(label="Số văn bản")
    issued = forms.DateField(
        label="Ngày ban hành",
        input_formats=["%d/%m/%Y"],
        error_messages={"invalid": "Ngày 31/02 không có. Ghi lại ngày ban hành."},
    )


def sheet_context() -> dict[str, Any]:
    """What the parts on the sheet are drawn from; nothing of it is stored."""
    days = [dt.date(2024, 1, 10), dt.date(2024, 2, 15), dt.date(2024, 3, 31)]
    return {
        "form": SheetForm({"number": "18/KH-UBND", "issued": "31/02/2023"}),
        "page": Paginator(range(240), 20).page(3),
        "filters": [
            Filter("tim", "Tên hoặc mã đơn vị", ""),
            Filter("loai", "Loại đơn vị", "", [("xa", "Xã"), ("phuong", "Phường")]),
            Filter("trang-thai", "Trạng thái", "", [("da-nop", "Đã nộp")]),
        ],
        "headings": [("ten", "Đơn vị"), ("chi-so", "Chỉ số")],
        "sort": Sorting("chi-so", backwards=True),
        "said": [
            Message(constants.INFO, "Kết quả đã công bố không cần đăng nhập."),
            Message(constants.SUCCESS, "Đã lưu 14 mục của nội dung 3."),
            Message(constants.WARNING, "Phiên làm việc hết sau 5 phút. Lưu phần đang ghi."),
            Message(constants.ERROR, "Tệp “Phụ lục.pdf” có mật khẩu nên không đọc được."),
        ],
        "round": {"code": "dot-mau", "year": 2023, "title": "Đợt mẫu"},
        "steps": [
            {"label": "Tự chấm", "until": days[0], "passed": True},
            {"label": "Thẩm định", "until": days[1], "now": True, "days": 12},
            {"label": "Công bố", "until": days[2]},
        ],
        "shares": [
            {"entered": 0, "total": 74, "percent": 0},
            {"entered": 61, "total": 74, "percent": 82},
            {"entered": 74, "total": 74, "percent": 100},
        ],
        "icons": SYMBOL.findall(get_template("_icons.html").render()),
    }


@public
def components(request: HttpRequest) -> HttpResponse:
    """The sheet, for those who build pages; nothing leads here and search engines leave it out."""
    response = render(request, "components.html", sheet_context())
    response["X-Robots-Tag"] = "noindex"
    return response
