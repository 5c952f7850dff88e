"""What has happened to one framework, for the staff of its issuer."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from criteria.exceptions import NotPermitted
from criteria.permissions import issuers_with_drafts
from criteria.views.common import seen, show
from parindex.access import signed_in
from parindex.audit.log import events_file, listed_events, saying
from parindex.audit.models import Event
from parindex.listing import wanted_file, words


@signed_in("cơ quan ban hành: quản lý bộ tiêu chí, công bố, kiểm tra, giám sát")
def history(request: HttpRequest, framework_id: int) -> HttpResponse:
    """Who read, resolved, changed and activated a framework, by words in person, verb or object."""
    framework = seen(request, framework_id)
    if framework.decision.issuer_id not in issuers_with_drafts(request.user):
        raise NotPermitted("Lịch sử bộ tiêu chí chỉ dành cho cơ quan ban hành bộ tiêu chí đó.")
    problems = framework.problems.values("pk")
    criteria = framework.criteria.values("pk")
    sought = words(request, "Người, việc hoặc đối tượng")
    events = Event.objects.filter(
        Q(object_type="criteria.framework", object_id=framework.pk)
        | Q(object_type="criteria.problem", object_id__in=problems)
        | Q(object_type="criteria.criterion", object_id__in=criteria)
    ).filter(saying(sought.value))
    found = listed_events(request, events, [sought])
    if kind := wanted_file(request):
        return events_file(kind, f"lich-su-bo-tieu-chi-{framework.pk}", found["rows"])
    return show(request, "criteria/history.html", found | {"framework": framework})
