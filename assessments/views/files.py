"""Documents and data files of a ranking or a unit, made from the same contexts as the pages."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.documents.pdf import ranking_annex, unit_report
from assessments.documents.workbook import ranking_sheets
from assessments.queries import published_rounds
from assessments.views.access import load_round, load_source
from parindex.access import public

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@public
def ranking_pdf(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """The ranking as an annex to the decision; a provisional one is marked DỰ THẢO."""
    source = load_source(request, load_round(request, round_code), group_code)
    return _file(ranking_annex(source), PDF, f"{round_code}-{group_code}-xep-hang.pdf")


@public
def ranking_workbook(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """Units × all levels of the criteria as a workbook."""
    source = load_source(request, load_round(request, round_code), group_code)
    return _file(ranking_sheets(source), XLSX, f"{round_code}-{group_code}.xlsx")


@public
def unit_pdf(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """A unit's result with every leaf."""
    source = load_source(request, load_round(request, round_code), group_code)
    unit = source.unit(unit_code)
    if unit is None:
        raise Http404("Nhóm này không có đơn vị đó.")
    return _file(unit_report(unit, source.publication), PDF, f"{round_code}-{unit_code}.pdf")


@public
def open_data(request: HttpRequest) -> HttpResponse:
    """What can be downloaded, and the address of the data interface."""
    return render(
        request, "assessments/open_data.html", {"rounds": published_rounds(), "nav_current": "open_data"}
    )


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
