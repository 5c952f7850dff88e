"""Data files in Excel."""

from assessments.documents.sources import Source


def ranking_sheets(source: Source) -> bytes:
    """Units × all levels of the criteria."""
    return b""
