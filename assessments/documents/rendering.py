"""A template to PDF, with our own font and nothing from the network or the disk beside it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from assessments.exceptions import DocumentUnavailable

STYLE_SHEET = "css/paper.css"
FONTS = (
    "fonts/tinos/Tinos_400Regular.ttf",
    "fonts/tinos/Tinos_400Regular_Italic.ttf",
    "fonts/tinos/Tinos_700Bold.ttf",
    "fonts/tinos/Tinos_700Bold_Italic.ttf",
)
NO_PANGO = (
    "Máy chủ chưa có thư viện để lập tệp PDF. Người quản trị cài hai gói libpangoft2-1.0-0 và "
    "libharfbuzz-subset0 rồi khởi động lại. Các trang và tệp Excel vẫn dùng được."
)


def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """Render a template as PDF. Raises DocumentUnavailable where Pango is missing."""
    try:
        # WeasyPrint needs Pango, which a bare machine lacks; the site runs without it.
        from assessments.documents.engine import write_pdf  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise DocumentUnavailable(NO_PANGO) from error
    fonts = {_located(name).as_uri(): _located(name) for name in FONTS}
    return write_pdf(render_to_string(template, dict(context)), sheet=_located(STYLE_SHEET), fonts=fonts)


@cache
def _located(name: str) -> Path:
    found = finders.find(name)
    if not isinstance(found, str):
        raise DocumentUnavailable(f"Thiếu tệp {name} trong thư mục static nên chưa lập được tệp PDF.")
    return Path(found).resolve()
