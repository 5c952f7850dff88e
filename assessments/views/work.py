"""The start page of everybody who signs in, and the notices of one person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.models import Notice
from assessments.worklist import desks_of, first_open
from criteria.views.common import person
from parindex.access import signed_in
from parindex.listing import list_file, listed_rows, wanted_file, words
from parindex.sheets import Column

UNREAD = "chua-doc"
ORDERS = (("-luc", "Mới trước"), ("luc", "Cũ trước"))
COLUMNS = (
    Column("at", "Thời điểm", width=18),
    Column("text", "Nội dung", width=80),
    Column("round", "Đợt đánh giá", width=44),
    Column("state", "Trạng thái", width=14),
)
OWN = "người đã đăng nhập: việc và thông báo của chính mình"


@signed_in(OWN)
def work(request: HttpRequest) -> HttpResponse:
    """What waits for the person, role by role, the most urgent first."""
    desks = desks_of(person(request))
    context = {
        "desks": desks,
        "first": first_open(desks),
        "several": sum(len(desk.tasks) for desk in desks) > 1,
        "nav_current": "work",
    }
    return render(request, "assessments/work/work.html", context)


@signed_in(OWN)
def notices(request: HttpRequest) -> HttpResponse:
    """What the person has been told, newest first."""
    own = Notice.objects.filter(user=person(request)).select_related("round")
    only_unread = request.GET.get("loc") == UNREAD
    sought = words(request, "Nội dung thông báo")
    shown = own.filter(read_at=None) if only_unread else own
    if sought.value:
        shown = shown.filter(text__icontains=sought.value)
    found = listed_rows(request, shown, {"luc": ("at", "-pk")}, [sought], first="-luc")
    if kind := wanted_file(request):
        rows = [
            (one.at, one.text, one.round, "Đã đọc" if one.read_at else "Chưa đọc") for one in found["rows"]
        ]
        return list_file(kind, "thong-bao", "Thông báo", COLUMNS, rows)
    context = found | {
        "orders": ORDERS,
        "unread": own.filter(read_at=None).count(),
        "only_unread": only_unread,
        "nav_current": "notices",
    }
    return render(request, "assessments/work/notices.html", context)


@signed_in(OWN)
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Follow a notice to the page where it is dealt with; it then counts as read."""
    found = get_object_or_404(Notice, pk=notice_id, user=person(request))
    Notice.objects.filter(pk=found.pk, read_at=None).update(read_at=timezone.now())
    return redirect(found.address or "assessments:notices")


@signed_in(OWN)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Count every notice of the person as read."""
    unread = Notice.objects.filter(user=person(request), read_at=None)
    count = unread.update(read_at=timezone.now())
    messages.success(request, f"Đã đánh dấu {count} thông báo là đã đọc.")
    return redirect("assessments:notices")
