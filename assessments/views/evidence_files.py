"""Sending the files of evidence: to a unit's own people, and to those who may see a file that uses them."""

from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from assessments.enums import RoundDuty
from assessments.exceptions import NotPermitted
from assessments.models import Evidence, EvidenceUse
from assessments.permissions import acting_in, check_view_file
from assessments.permissions.evidence import can_view_library
from parindex.access import signed_in

NO_FILE = "Không có tệp này."
GONE = "Tệp không còn trong nơi lưu trữ. Đề nghị báo quản trị hệ thống."


@signed_in("người xem được hồ sơ: tài liệu kiểm chứng gắn với hồ sơ đó")
def evidence_use(request: HttpRequest, use_id: int) -> HttpResponseBase:
    """The file that a leaf of a unit's file is proved with. Who has no part in its round finds nothing."""
    uses = EvidenceUse.objects.select_related("evidence", "assessment")
    use = get_object_or_404(uses, pk=use_id)
    try:
        check_view_file(request.user, use.assessment)
    except NotPermitted:
        if acting_in(request.user, use.assessment).roles.intersection(RoundDuty):
            raise
        raise Http404(NO_FILE) from None
    return _send(use.evidence)


@signed_in("cán bộ, lãnh đạo của đơn vị: tài liệu trong kho của đơn vị mình")
def evidence_file(request: HttpRequest, unit_id: int, evidence_id: int) -> HttpResponseBase:
    """A file of the unit's library, for the unit's own people."""
    piece = get_object_or_404(Evidence.objects.select_related("unit"), pk=evidence_id, unit__pk=unit_id)
    if not can_view_library(request.user, piece.unit):
        raise Http404(NO_FILE)
    return _send(piece)


def _send(piece: Evidence) -> HttpResponseBase:
    """The file under its own name. It may run nothing, and nobody on the way keeps it."""
    if not piece.file:
        raise Http404("Tài liệu này là văn bản trên hệ thống quản lý văn bản, không đính tệp.")
    response = _by_nginx(piece) if settings.ACCEL_PREFIX else _by_us(piece)
    shown = content_disposition_header(not piece.is_shown_inline, piece.file_name)
    response["Content-Disposition"] = shown or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def _by_us(piece: Evidence) -> HttpResponseBase:
    try:
        return FileResponse(piece.file.open("rb"), content_type=piece.media_type)
    except FileNotFoundError:
        raise Http404(GONE) from None


def _by_nginx(piece: Evidence) -> HttpResponse:
    response = HttpResponse(content_type=piece.media_type)
    response["X-Accel-Redirect"] = settings.ACCEL_PREFIX + quote(str(piece.file.name))
    return response
