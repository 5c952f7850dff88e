"""Frameworks as workbooks to take away, and an empty one to fill in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from criteria.queries import tree
from criteria.views.common import seen
from criteria.workbooks.framework_writer import framework_workbook
from criteria.workbooks.template import template_workbook
from parindex.access import public

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@public
@require_safe
def export(request: HttpRequest, framework_id: int) -> HttpResponse:
    """A framework as a workbook that can be read again; a draft only for those who may see it."""
    found = seen(request, framework_id)
    name = f"bo-tieu-chi-{found.unit_type.code}-{found.decision.issued.year}-v{found.version}"
    return _file(framework_workbook(found, tree(found)), name)


@public
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """An empty workbook for a new framework."""
    return _file(template_workbook(), "mau-bo-tieu-chi")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
