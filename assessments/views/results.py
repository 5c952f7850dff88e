"""A unit's own result, for its own people."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.results.own_results import own_result
from assessments.self_scoring import files_of
from assessments.views.publishing import last_withdrawn
from criteria.views.common import person
from parindex.access import signed_in

LOWERED = "bi-giam"


@signed_in("cán bộ, lãnh đạo của đơn vị: kết quả của đơn vị mình, từ khi nhóm cho xem")
def own_result_page(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """What the unit entered beside what was concluded, leaf by leaf; whose file it is not finds nothing."""
    user = person(request)
    found = files_of(user).filter(group__round__code=round_code, group__code=group_code, unit_code=unit_code)
    file = found.select_related("group__survey", "group__framework__decision__issuer").first()
    if file is None:
        raise Http404("Không có hồ sơ này trong các đơn vị của bạn.")
    result = own_result(file)
    only_lowered = request.GET.get("loc") == LOWERED
    contents = result.contents if result is not None else []
    if only_lowered:
        contents = [content.only_lowered() for content in contents if content.lowered]
    context = {
        "file": file,
        "round": file.group.round,
        "group": file.group,
        "result": result,
        "withdrawn": last_withdrawn(round_code) if result is None else None,
        "contents": contents,
        "only_lowered": only_lowered,
        "lowered": LOWERED,
        "nav_current": "own_files",
    }
    return render(request, "assessments/results/own.html", context)
