"""Moving a group to another version of its framework: preview, confirmation, what was set aside."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.documents.moving_list import moving_workbook
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.setup_version import MoveVersionForm
from assessments.models import Group, MoveJob, Round, SetAside
from assessments.permissions.publishing import check_see_unpublished
from assessments.progress import unit_named
from assessments.queries import current_publication
from assessments.views.setup import CHANGE, CONFLICT, READ, UNPROCESSABLE, load_to_change, load_to_see
from assessments.workflow.cloning import newer_frameworks
from assessments.workflow.moving import StalePlan, move_group
from assessments.workflow.moving_job import ask_to_move, is_large, last_job
from assessments.workflow.moving_plan import plan_of
from assessments.workflow.moving_shapes import Plan
from assessments.workflow.settings import require_unpublished
from criteria.comparison import differences
from criteria.models import Framework
from criteria.views.common import person
from parindex.access import signed_in
from parindex.listing import list_file, listed_rows, wanted_file, words
from parindex.sheets import Column
from parindex.templatetags.notation import datetime_vi

PAGE_SIZE = 20
RELOAD_SECONDS = "5"
ASIDE_HEADINGS = (("don-vi", "Đơn vị"), ("muc", "Mục cũ"), ("luc", "Chuyển lúc"))
ASIDE_ORDERS = {
    "don-vi": ("assessment__unit_sort_key", "criterion__position", "pk"),
    "muc": ("criterion__position", "assessment__unit_sort_key", "pk"),
    "luc": ("moved_at", "assessment__unit_sort_key", "criterion__position", "pk"),
}
ASIDE_COLUMNS = (
    Column("unit", "Đơn vị", width=34),
    Column("code", "Mục cũ", width=10),
    Column("title", "Tiêu chí", width=44),
    Column("kind", "Nội dung", width=20),
    Column("said", "Đã ghi", width=44),
    Column("why", "Vì sao", width=34),
    Column("moved_at", "Chuyển lúc", width=18),
    Column("moved_by", "Người chuyển", width=24),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _load_group(round: Round, code: str) -> Group:
    groups = round.groups.select_related("framework__decision", "round__organiser", "survey")
    return get_object_or_404(groups, code=code, framework__isnull=False)


def _offered(group: Group) -> list[Framework]:
    """Later versions in force to which the group may move, the newest first."""
    return newer_frameworks([group])[group.pk]


def _chosen(request: HttpRequest, offered: Sequence[Framework]) -> Framework | None:
    """The version that the address names (`?den=`), or the only one that there is."""
    asked = request.GET.get("den", "")
    if not asked:
        return offered[0] if len(offered) == 1 else None
    found = next((one for one in offered if str(one.pk) == asked), None)
    if found is None:
        raise Http404("Không có phiên bản này.")
    return found


@signed_in(CHANGE)
def setup_version(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """Choose a version, see what changes for each unit, and confirm it with a reason."""
    round = load_to_change(request, round_code)
    require_unpublished(round)
    group = _load_group(round, group_code)
    check_see_unpublished(request.user, group)
    job = last_job(group)
    if job is not None and job.is_under_way and request.method != "POST":
        return _under_way(request, round, group, job)
    offered = _offered(group)
    to = _chosen(request, offered)
    if to is None:
        return _show(request, round, group, {"offered": offered, "job": job})
    if request.method != "POST":
        return _preview(request, round, group, offered, to, job=job)
    return _confirmed(request, round, group, offered, to)


def _confirmed(
    request: HttpRequest, round: Round, group: Group, offered: Sequence[Framework], to: Framework
) -> HttpResponse:
    """Move the group at once, or by a job where it is large; a refusal shows the preview of now again."""
    form = MoveVersionForm(request.POST)
    if not form.is_valid():
        return _preview(request, round, group, offered, to, form=form, status=UNPROCESSABLE)
    given = {**form.cleaned_data, "to": to, "by_user": person(request)}
    try:
        if is_large(group):
            ask_to_move(group, **given)
            messages.info(request, "Đã xác nhận. Hệ thống đang chuyển; có thể rời trang này.")
            return redirect("assessments:setup_version", round.code, group.code)
        plan = move_group(group, **given)
    except StalePlan as stale:
        again = request.POST.copy()
        again["seen"] = plan_of(group, to).digest
        form = MoveVersionForm(again)
        form.add_error(None, str(stale))
        return _preview(request, round, group, offered, to, form=form, status=CONFLICT)
    except (NotPermitted, WrongState):
        raise
    except AssessmentError as refusal:
        form.add_error(None, str(refusal))
        return _preview(request, round, group, offered, to, form=form, status=UNPROCESSABLE)
    messages.success(request, f"Đã chuyển nhóm {group.name} sang “{to}”. {_done(plan)}")
    return redirect("assessments:setup_group", round.code, group.code)


def _under_way(request: HttpRequest, round: Round, group: Group, job: MoveJob) -> HttpResponse:
    """Say what runs, and look again by itself; no preview of a group that is about to change."""
    response = _show(request, round, group, {"offered": [job.to], "job": job})
    if "dung" not in request.GET:
        response["Refresh"] = RELOAD_SECONDS
    return response


def _done(plan: Plan) -> str:
    return (
        f"Giữ nguyên {plan.total('kept')} điểm, tính lại {plan.total('recomputed')}, phải ghi lại "
        f"{plan.total('opened')}, để riêng {plan.total('aside')}."
    )


def _preview(
    request: HttpRequest,
    round: Round,
    group: Group,
    offered: Sequence[Framework],
    to: Framework,
    *,
    job: MoveJob | None = None,
    form: MoveVersionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    try:
        plan = plan_of(group, to)
    except AssessmentError as refusal:
        refused: dict[str, Any] = {"offered": offered, "to": to, "job": job, "refusal": str(refusal)}
        return _show(request, round, group, refused)
    export = reverse("assessments:setup_version_export", args=[round.code, group.code])
    context = {
        "offered": offered,
        "to": to,
        "job": job,
        "plan": plan,
        "counts": {name: plan.total(name) for name in ("kept", "recomputed", "opened", "aside", "reopens")},
        "differences": differences(plan.framework, to),
        "page": Paginator(plan.units, PAGE_SIZE).get_page(request.GET.get("trang")),
        "export_url": f"{export}?den={to.pk}",
        "form": form or MoveVersionForm(initial={"seen": plan.digest}),
    }
    return _show(request, round, group, context, status=status)


def _show(
    request: HttpRequest, round: Round, group: Group, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    shared = {"round": round, "group": group, "nav_current": "rounds"}
    return render(request, "assessments/setup/version.html", {**shared, **context}, status=status)


@signed_in(CHANGE)
def setup_version_export(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """The preview of all units as a workbook."""
    round = load_to_change(request, round_code)
    group = _load_group(round, group_code)
    check_see_unpublished(request.user, group)
    to = _chosen(request, _offered(group))
    if to is None:
        raise Http404("Chưa chọn phiên bản.")
    title = f"Chuyển nhóm {group.name}, {round.title}, sang {to}: thay đổi, lúc {datetime_vi(timezone.now())}"
    response = HttpResponse(moving_workbook(title, _lines(plan_of(group, to))), content_type=XLSX)
    response["Content-Disposition"] = (
        f'attachment; filename="chuyen-phien-ban-{round.code}-{group.code}.xlsx"'
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _lines(plan: Plan) -> Iterator[tuple[str, ...]]:
    for unit in plan.units:
        for line in unit.lines:
            yield (
                unit.file.unit_code,
                unit.file.unit_name,
                line.code,
                line.title,
                str(line.kind.label),
                line.fate.value,
                line.before,
                line.after,
                line.why,
            )


@signed_in(READ)
def setup_set_aside(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """What earlier moves of the group have set aside, unit by unit."""
    round = load_to_see(request, round_code)
    group = _load_group(round, group_code)
    check_see_unpublished(request.user, group)
    rows = SetAside.objects.filter(assessment__group=group).select_related("assessment", "criterion")
    sought = words(request, "Tên đơn vị")
    rows = rows.filter(unit_named(sought.value, "assessment__"))
    found = listed_rows(request, rows, ASIDE_ORDERS, [sought], first="-luc")
    if kind := wanted_file(request):
        lines = (
            (
                one.assessment.unit_name,
                one.criterion.code,
                one.criterion.title,
                one.get_kind_display(),
                one.said,
                one.why,
                one.moved_at,
                one.moved_by,
            )
            for one in found["rows"]
        )
        return list_file(kind, f"de-rieng-{round.code}-{group.code}", "Để riêng", ASIDE_COLUMNS, lines)
    context = found | {
        "headings": ASIDE_HEADINGS,
        "round": round,
        "group": group,
        "publication": current_publication(round),
        "nav_current": "rounds",
    }
    return render(request, "assessments/setup/set_aside.html", context)
