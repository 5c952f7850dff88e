"""What has happened to one framework, for the staff of its issuer."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from criteria.exceptions import NotPermitted
from criteria.permissions import issuers_with_drafts
from criteria.views.common import seen, show
from parindex.access import signed_in
from parindex.audit.history import told
from parindex.audit.models import Event

PAGE_SIZE = 50


@signed_in("cơ quan ban hành: quản lý bộ tiêu chí, công bố, kiểm tra, giám sát")
def history(request: HttpRequest, framework_id: int) -> HttpResponse:
    """Who read, resolved, changed and activated a framework, newest first."""
    framework = seen(request, framework_id)
    if framework.decision.issuer_id not in issuers_with_drafts(request.user):
        raise NotPermitted("Lịch sử bộ tiêu chí chỉ dành cho cơ quan ban hành bộ tiêu chí đó.")
    problems = framework.problems.values("pk")
    criteria = framework.criteria.values("pk")
    events = Event.objects.filter(
        Q(object_type="criteria.framework", object_id=framework.pk)
        | Q(object_type="criteria.problem", object_id__in=problems)
        | Q(object_type="criteria.criterion", object_id__in=criteria)
    ).order_by("-pk")
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("trang"))
    return show(
        request, "criteria/history.html", {"framework": framework, "page": page, "history": told(page)}
    )
