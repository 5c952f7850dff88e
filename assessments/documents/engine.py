"""WeasyPrint itself. Imported only when a document is made, because loading it needs Pango."""

from collections.abc import Mapping
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse


class OnlyFonts(URLFetcher):
    """Answers for the given font files; any other address stops the document, whatever its scheme."""

    def __init__(self, fonts: Mapping[str, Path]) -> None:
        super().__init__(allowed_protocols=(), fail_on_errors=True)
        self.fonts = fonts

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The bytes of one of our fonts."""
        path = self.fonts.get(url)
        if path is None:
            raise PermissionError(url)
        return URLFetcherResponse(url, body=path.read_bytes(), headers={"Content-Type": "font/ttf"})


def write_pdf(html: str, *, sheet: Path, fonts: Mapping[str, Path]) -> bytes:
    """Lay out a page under a style sheet and write it as PDF/UA-1."""
    configuration = FontConfiguration()
    fetcher = OnlyFonts(fonts)
    style = CSS(
        string=sheet.read_text(encoding="utf-8"),
        base_url=sheet.as_uri(),
        font_config=configuration,
        url_fetcher=fetcher,
    )
    page = HTML(string=html, url_fetcher=fetcher)
    return bytes(page.write_pdf(stylesheets=[style], font_config=configuration, pdf_variant="pdf/ua-1"))
