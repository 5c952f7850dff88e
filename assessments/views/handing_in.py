"""Checking a file before it is handed in: what blocks it, what to look at, every answer with its way back."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.enums import AssessmentState
from assessments.models import Assessment
from assessments.permissions import can_edit_self_scores, open_moves
from assessments.self_scoring import (
    Content,
    contents_of,
    findings_of,
    heads_of,
    is_notable,
    last_return,
    next_to_do,
    previous_points,
)
from assessments.views.self_scoring import UNITS_VERBS, load_own, person_of, shared
from parindex.access import signed_in

NOTABLE = "can-chu-y"


@signed_in("cán bộ, lãnh đạo của đơn vị: hồ sơ của đơn vị mình; cơ quan tổ chức đánh giá nhập thay")
def check_file(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """The whole file to read before it goes to the head, or out: findings first, then every answer."""
    file = load_own(request, round_code, group_code, unit_code)
    user = person_of(request)
    contents = contents_of(file, came_back=last_return(file))
    # Once the file is handed in nothing keeps it from that any more: it is read as it is.
    handed_in = file.state not in (AssessmentState.DRAFT, AssessmentState.UNIT_REVIEW)
    findings = [] if handed_in else findings_of(file, contents)
    change = _fill_previous(file, contents)
    only_notable = request.GET.get("loc") == NOTABLE
    own = [row for content in contents for row in content.own]
    context = {
        **shared(user, file, contents),
        "blocking": [one for one in findings if one.blocks],
        "warnings": [one for one in findings if not one.blocks],
        "without_evidence": sum(row.state == "lacking" for row in own),
        "explained": sum(row.score is not None and bool(row.score.reason) for row in own),
        "change": change,
        "shown": [(one, _rows(one, only_notable=only_notable)) for one in contents],
        "only_notable": only_notable,
        "notable": sum(is_notable(row) for row in own),
        "own_count": len(own),
        "next": next_to_do(contents),
        "heads": heads_of(file),
        "verbs": [row for row in open_moves(user, file) if row.verb in UNITS_VERBS],
        "is_officer": can_edit_self_scores(user, file),
    }
    return render(request, "assessments/self_scoring/check.html", context)


def _rows(content: Content, *, only_notable: bool) -> list[object]:
    return [row for row in content.own if not only_notable or is_notable(row)]


def _fill_previous(file: Assessment, contents: list[Content]) -> Decimal | None:
    """Put last year's points beside each row; return by how many points the rows of both years differ."""
    own = {row.criterion.pk: row for content in contents for row in content.own}
    found = previous_points(file, [row.criterion for row in own.values()])
    for key, points in found.items():
        own[key].previous = points
    known = [own[key].obtained - points for key, points in found.items() if own[key].is_entered]
    return sum(known, Decimal(0)) if known else None
