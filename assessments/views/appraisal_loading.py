"""Finding what an appraisal page is about, or stopping: not found, or not for this person."""

import datetime as dt

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from assessments.appraisal import appraised_groups, takes_part
from assessments.enums import Voice
from assessments.exceptions import NotPermitted
from assessments.models import Group, Round
from assessments.permissions import ActingOver, acting_over, is_appraised
from assessments.visibility import visible_rounds
from criteria.models import Criterion
from criteria.views.common import person

RULE = "người thẩm định của đợt (Hội đồng, cơ quan chủ trì, người thay); cơ quan tổ chức, kiểm tra chỉ đọc"
VOICES = {"ket-luan": Voice.CONCLUSION, "y-kien": Voice.OPINION, "de-xuat": Voice.PROPOSAL}
VOICE_KEYS = {voice: key for key, voice in VOICES.items()}
DOES = {
    Voice.CONCLUSION: "Kết luận",
    Voice.OPINION: "Cho ý kiến",
    Voice.PROPOSAL: "Đề xuất",
}


def wanted_voice(request: HttpRequest) -> Voice | None:
    """The part that the address asks for, where a person has several."""
    return VOICES.get(request.GET.get("vai", ""))


def days_left(until: dt.date | None) -> int | None:
    """Days to a last day; below nought where it has passed."""
    return None if until is None else (until - timezone.localdate()).days


def load_groups(request: HttpRequest, round_code: str) -> tuple[Round, list[tuple[Group, ActingOver]]]:
    """A round with the groups in which the person takes part; not found where they may not know of it."""
    round = get_object_or_404(Round.objects.select_related("organiser"), code=round_code)
    groups = appraised_groups(person(request), round)
    if not groups:
        _stop(request, round)
    return round, groups


def load_group(request: HttpRequest, round_code: str, group_code: str) -> tuple[Group, ActingOver]:
    """One group in whose appraisal the person takes part."""
    groups = Group.objects.select_related("round__organiser", "framework")
    group = get_object_or_404(groups, round__code=round_code, code=group_code, framework__isnull=False)
    acting = acting_over(request.user, group.pk)
    if not takes_part(acting):
        _stop(request, group.round)
    return group, acting


def _stop(request: HttpRequest, round: Round) -> None:
    get_object_or_404(visible_rounds(request.user), pk=round.pk)
    raise NotPermitted(
        "Thẩm định của đợt này chỉ mở cho Hội đồng thẩm định, cơ quan chủ trì nội dung, "
        "cơ quan tổ chức đánh giá và cơ quan kiểm tra, giám sát."
    )


def load_leaf(group: Group, code: str) -> Criterion:
    """A leaf of the group that people appraise."""
    found = group.used_framework.criteria.filter(code=code).select_related("content").first()
    if found is None or not is_appraised(found):
        raise Http404("Bộ tiêu chí không có mục thẩm định này.")
    return found
