"""Addresses of rounds, rankings, units and their documents."""

from django.urls import path

from assessments.enums import DocumentKind
from assessments.views.files import open_data, ranking_document, ranking_pdf, ranking_workbook, unit_pdf
from assessments.views.rankings import ranking, ranking_kept
from assessments.views.reconciliation import reconciliation
from assessments.views.results import own_result_page
from assessments.views.rounds import round_page, rounds
from assessments.views.units import unit

GROUP = "dot/<slug:round_code>/<slug:group_code>/"
# Before the contents of a unit's own file, whose addresses are as wide.
own_urlpatterns = [
    path(
        "ho-so/<slug:round_code>/<slug:group_code>/<str:unit_code>/ket-qua/",
        own_result_page,
        name="own_result",
    ),
]
urlpatterns = [
    path("", rounds, name="rounds"),
    path("du-lieu-mo/", open_data, name="open_data"),
    path("dot/<slug:round_code>/", round_page, name="round"),
    path("dot/<slug:round_code>/doi-chieu/", reconciliation, name="reconciliation"),
    path(GROUP, ranking, name="ranking"),
    path(f"{GROUP}luu-ban-xep-hang/", ranking_kept, name="keep_ranking"),
    path(f"{GROUP}xep-hang.pdf", ranking_pdf, name="ranking_pdf"),
    path(f"{GROUP}xep-hang.xlsx", ranking_workbook, name="ranking_workbook"),
    path(
        f"{GROUP}tai-lieu/pdf/",
        ranking_document,
        {"kind": DocumentKind.RANKING_PDF},
        name="ranking_pdf_document",
    ),
    path(
        f"{GROUP}tai-lieu/xlsx/",
        ranking_document,
        {"kind": DocumentKind.RANKING_XLSX},
        name="ranking_workbook_document",
    ),
    path(f"{GROUP}<str:unit_code>/", unit, name="unit"),
    path(f"{GROUP}<str:unit_code>/phieu.pdf", unit_pdf, name="unit_pdf"),
]
