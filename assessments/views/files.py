"""Documents and data files of a ranking or a unit, made from the same contexts as the pages.

A small group's documents are made while the visitor waits. A large published group's take longer than a
request may: they are made once by a job, on a page that shows how far it is, and kept.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.documents.pdf import unit_report
from assessments.documents.sources import LiveSource, PublishedSource, Source
from assessments.enums import DocumentKind, DocumentState
from assessments.models import Document
from assessments.queries import PublishedRound, published_rounds
from assessments.tasks import RENDERERS, request_document
from assessments.views.access import LIVE, load_round, load_source
from assessments.views.rounds import ORDERS
from parindex.access import public
from parindex.listing import FEW, choice, has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column
from parindex.sorting import sort_key

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RELOAD_SECONDS = "5"
OPEN_KEYS: dict[str, Callable[[PublishedRound], Any]] = {
    "nam": lambda one: one.round.year,
    "ten": lambda one: sort_key(one.round.title),
    "co-quan": lambda one: sort_key(one.round.organiser.name),
}
OPEN_COLUMNS = (
    Column("year", "Năm", width=8),
    Column("title", "Đợt đánh giá", width=60),
    Column("organiser", "Cơ quan tổ chức đánh giá", width=44),
    Column("decision", "Quyết định số", width=18),
    Column("signed", "Ngày ký", width=14),
    Column("group", "Nhóm đơn vị", width=44),
    Column("units", "Số đơn vị", width=10),
    Column("workbook", "Địa chỉ bảng tính", width=60),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """How a kind of document is sent: its type, its name, and the addresses of the file and of its page."""

    content_type: str
    name: str
    file: str
    page: str


SENT = {
    DocumentKind.RANKING_PDF: Sent(
        PDF, "{}-{}-xep-hang.pdf", "assessments:ranking_pdf", "assessments:ranking_pdf_document"
    ),
    DocumentKind.RANKING_XLSX: Sent(
        XLSX, "{}-{}.xlsx", "assessments:ranking_workbook", "assessments:ranking_workbook_document"
    ),
}


@public
def ranking_pdf(request: HttpRequest, round_code: str, group_code: str) -> HttpResponseBase:
    """The ranking as an annex to the decision; a provisional one is marked DỰ THẢO."""
    return _ranking_file(request, round_code, group_code, DocumentKind.RANKING_PDF)


@public
def ranking_workbook(request: HttpRequest, round_code: str, group_code: str) -> HttpResponseBase:
    """Units × all levels of the criteria as a workbook."""
    return _ranking_file(request, round_code, group_code, DocumentKind.RANKING_XLSX)


@public
def ranking_document(
    request: HttpRequest, round_code: str, group_code: str, kind: DocumentKind
) -> HttpResponse:
    """How far the document of a large group is. Looking changes nothing; the button asks for it.

    Anybody may press the button: a document is made once for everybody and has one job at a time, so a
    hundred requests make one job. Only one that failed or was lost is queued again.
    """
    round = load_round(request, round_code)
    source = load_source(request, round, group_code)
    if _is_quick(source):
        return redirect(_address(SENT[kind].file, source, round_code, group_code))
    shown = {
        "round": round,
        "kind": kind,
        "units": _units_count(source),
        "file_url": reverse(SENT[kind].file, args=[round_code, group_code]),
    }
    if isinstance(source, PublishedSource):
        if request.method == "POST":
            request_document(source.published, kind)
            return redirect(request.path)
        document = Document.objects.filter(published_group=source.published, kind=kind).first()
        shown |= {
            "group": source.published,
            "publication": source.publication,
            "document": document,
            "is_ready": document is not None and document.is_ready,
            "reloads": document is not None and document.is_under_way and "dung" not in request.GET,
        }
    elif isinstance(source, LiveSource):
        shown |= {"group": source.group, "most_units": settings.DOCUMENT_DRAFT_UNITS}
    response = render(request, "assessments/document.html", shown)
    if shown.get("reloads"):
        response["Refresh"] = RELOAD_SECONDS
    return response


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
    published = published_rounds()
    sought = words(request, "Tên đợt, cơ quan hoặc số quyết định")
    years = sorted({one.round.year for one in published}, reverse=True)
    year = choice(request, "nam", "Năm", [(one, str(one)) for one in years])
    matching = (
        one
        for one in published
        if year.value in ("", str(one.round.year))
        and has_words(
            sought.folded, one.round.title, one.round.organiser.name, one.publication.decision_number
        )
    )
    found = listed(request, matching, OPEN_KEYS, [sought, year], first="-nam")
    if kind := wanted_file(request):
        return _published_file(kind, request, found["rows"])
    context = found | {
        "orders": ORDERS,
        "is_long": len(published) > FEW,
        "nav_current": "open_data",
    }
    return render(request, "assessments/open_data.html", context)


def _published_file(kind: str, request: HttpRequest, published: Iterable[PublishedRound]) -> HttpResponse:
    """What is published, a row for each group with the address of its workbook."""
    rows = [
        (
            one.round.year,
            one.round.title,
            one.round.organiser.name,
            one.publication.decision_number,
            one.publication.signed,
            group.name,
            group.units,
            request.build_absolute_uri(
                reverse("assessments:ranking_workbook", args=[one.round.code, group.code])
            ),
        )
        for one in published
        for group in one.groups
    ]
    return list_file(kind, "du-lieu-mo", "Dữ liệu mở", OPEN_COLUMNS, rows)


def _ranking_file(
    request: HttpRequest, round_code: str, group_code: str, kind: DocumentKind
) -> HttpResponseBase:
    """The file made at once where that is quick, else the one that a job made, else the way to its page."""
    source = load_source(request, load_round(request, round_code), group_code)
    sent = SENT[kind]
    name = sent.name.format(round_code, group_code)
    if _is_quick(source):
        return _file(RENDERERS[kind](source), sent.content_type, name)
    kept = _kept_file(source, kind)
    if kept is None:
        return redirect(_address(sent.page, source, round_code, group_code))
    response = FileResponse(kept, as_attachment=True, filename=name, content_type=sent.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _kept_file(source: Source, kind: DocumentKind) -> File | None:
    """The file that a job has made of a published group, or nothing where there is none (any more)."""
    if not isinstance(source, PublishedSource):
        return None
    ready = Document.objects.filter(published_group=source.published, kind=kind, state=DocumentState.READY)
    document = ready.first()
    try:
        return None if document is None else document.file.open("rb")
    except FileNotFoundError:
        return None


def _units_count(source: Source) -> int:
    if isinstance(source, LiveSource):
        return source.group.assessments.count()
    return source.context.units_count


def _is_quick(source: Source) -> bool:
    """Whether a ranking's documents can be made within a request."""
    published = isinstance(source, PublishedSource)
    most = settings.DOCUMENT_INLINE_UNITS if published else settings.DOCUMENT_DRAFT_UNITS
    return _units_count(source) <= int(most)


def _address(name: str, source: Source, round_code: str, group_code: str) -> str:
    """An address of a group that keeps to the provisional ranking where that is what is shown."""
    provisional = f"?ban={LIVE}" if source.publication is None else ""
    return reverse(name, args=[round_code, group_code]) + provisional


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
