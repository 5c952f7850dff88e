"""Addresses of rounds, rankings, units and their documents."""

from django.urls import path

from assessments.enums import DocumentKind
from assessments.views.files import open_data, ranking_document, ranking_pdf, ranking_workbook, unit_pdf
from assessments.views.progress import progress, progress_file, progress_move
from assessments.views.rankings import ranking
from assessments.views.reconciliation import reconciliation
from assessments.views.rounds import round_page, rounds
from assessments.views.self_scoring import own_content, own_file, own_files
from assessments.views.units import unit

app_name = "assessments"
urlpatterns = [
    path("", rounds, name="rounds"),
    path("du-lieu-mo/", open_data, name="open_data"),
    path("dot/<slug:round_code>/", round_page, name="round"),
    path("dot/<slug:round_code>/doi-chieu/", reconciliation, name="reconciliation"),
    path("dot/<slug:round_code>/tien-do/", progress, name="progress"),
    path(
        "dot/<slug:round_code>/tien-do/<slug:group_code>/<str:unit_code>/",
        progress_file,
        name="progress_file",
    ),
    path(
        "dot/<slug:round_code>/tien-do/<slug:group_code>/<str:unit_code>/<slug:verb_code>/",
        progress_move,
        name="progress_move",
    ),
    path("dot/<slug:round_code>/<slug:group_code>/", ranking, name="ranking"),
    path("dot/<slug:round_code>/<slug:group_code>/xep-hang.pdf", ranking_pdf, name="ranking_pdf"),
    path("dot/<slug:round_code>/<slug:group_code>/xep-hang.xlsx", ranking_workbook, name="ranking_workbook"),
    path(
        "dot/<slug:round_code>/<slug:group_code>/tai-lieu/pdf/",
        ranking_document,
        {"kind": DocumentKind.RANKING_PDF},
        name="ranking_pdf_document",
    ),
    path(
        "dot/<slug:round_code>/<slug:group_code>/tai-lieu/xlsx/",
        ranking_document,
        {"kind": DocumentKind.RANKING_XLSX},
        name="ranking_workbook_document",
    ),
    path("dot/<slug:round_code>/<slug:group_code>/<str:unit_code>/", unit, name="unit"),
    path("dot/<slug:round_code>/<slug:group_code>/<str:unit_code>/phieu.pdf", unit_pdf, name="unit_pdf"),
    path("ho-so/", own_files, name="own_files"),
    path("ho-so/<slug:round_code>/<slug:group_code>/<str:unit_code>/", own_file, name="own_file"),
    path(
        "ho-so/<slug:round_code>/<slug:group_code>/<str:unit_code>/<str:content_code>/",
        own_content,
        name="own_content",
    ),
]
