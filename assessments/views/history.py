"""What has happened: the log of a round for those who answer for it, of a file for its own unit."""

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from assessments.appraisal.reviews import reviews_of
from assessments.enums import Track
from assessments.models import (
    Assessment,
    Clarification,
    Group,
    KeptRanking,
    Preparation,
    Publication,
    ReviewRequest,
    Round,
    RoundRole,
)
from assessments.permissions import check_see_provisional
from assessments.permissions.acting import units_of_roles
from assessments.transitions import TABLE
from assessments.views.self_scoring import load_of_unit
from assessments.visibility import visible_rounds
from criteria.views.common import person
from parindex.access import signed_in
from parindex.accounts.models import User
from parindex.audit.log import events_file, listed_events, saying
from parindex.audit.models import Event
from parindex.listing import choice, wanted_file, words

KINDS: dict[str, tuple[str, type[Model]]] = {
    "dot": ("Đợt", Round),
    "nhom": ("Nhóm đơn vị", Group),
    "nguoi": ("Vai trò trong đợt", RoundRole),
    "ho-so": ("Hồ sơ", Assessment),
    "giai-trinh": ("Yêu cầu giải trình", Clarification),
    "xem-xet-lai": ("Đề nghị xem xét lại", ReviewRequest),
    "chuan-bi": ("Chuẩn bị công bố", Preparation),
    "cong-bo": ("Công bố", Publication),
    "ban-luu": ("Bản xếp hạng đã lưu", KeptRanking),
}
# What a unit's people may read of their file's log: its moves and their own words, nobody's judgement.
OWN_VERBS = [row.audit for row in TABLE] + [f"ghi điểm: {Track.SELF.label}"]


def _objects(user: User, round: Round, group: str) -> dict[str, QuerySet[Model]]:
    """Everything of a round that events speak of, or of one of its groups by its code.

    Of the requests for review those that the person may read: a unit's own is nobody else's until it is sent.
    """
    of_round = {
        "dot": Round.objects.filter(pk=round.pk),
        "nguoi": RoundRole.objects.filter(round=round),
        "chuan-bi": Preparation.objects.filter(round=round),
        "cong-bo": Publication.objects.filter(round=round),
    }
    of_group = {
        "nhom": Group.objects.filter(round=round),
        "ho-so": Assessment.objects.filter(group__round=round),
        "giai-trinh": Clarification.objects.filter(assessment__group__round=round),
        "xem-xet-lai": reviews_of(user, round),
        "ban-luu": KeptRanking.objects.filter(group__round=round),
    }
    if not group:
        return of_round | of_group
    of_file = ("giai-trinh", "xem-xet-lai")
    paths = {"nhom": "code", "ho-so": "group__code", **dict.fromkeys(of_file, "assessment__group__code")}
    return {key: rows.filter(**{paths.get(key, "group__code"): group}) for key, rows in of_group.items()} | {
        "nguoi": RoundRole.objects.filter(round=round, group__code=group)
    }


def _about_leaf(code: str) -> Q:
    """Events that tell of one leaf: its points, its facts or the explanation of it."""
    if not code:
        return Q()
    places = [f"{side}{inside}" for side in ("before", "after") for inside in ("", "__facts", "__reasons")]
    found = Q()
    for place in places:
        found |= Q((f"{place}__has_key", code))
    return found


def _judged_own(user: User) -> Q:
    """What others said of the points of a unit that the person belongs to."""
    own = Assessment.objects.filter(unit__in=units_of_roles(user)).values("pk")
    return Q(object_type=Assessment._meta.label_lower, object_id__in=own) & ~Q(verb__in=OWN_VERBS)


@signed_in("cơ quan tổ chức đánh giá, kiểm tra, giám sát của đợt")
def round_history(request: HttpRequest, round_code: str) -> HttpResponse:
    """The whole log of a round, newest first, by kind of object and by words in person, verb or object."""
    round = get_object_or_404(visible_rounds(request.user).select_related("organiser"), code=round_code)
    check_see_provisional(request.user, round)
    chosen, named = request.GET.get("loc", ""), words(request, "Người, việc hoặc đối tượng")
    groups = round.groups.order_by("position").values_list("code", "name")
    of_group, leaf = choice(request, "nhom", "Nhóm đơn vị", groups), words(request, "Mã mục", name="muc")
    objects = _objects(person(request), round, of_group.value)
    asked = {chosen: objects[chosen]} if chosen in objects else objects
    about = Q()
    for key, rows in asked.items():
        about |= Q(object_type=KINDS[key][1]._meta.label_lower, object_id__in=rows.values("pk"))
    events = Event.objects.filter(about).exclude(_judged_own(person(request)))
    if leaf.value:
        asked_of = objects.get("giai-trinh", Clarification.objects.none()).filter(criterion__code=leaf.value)
        questions = Q(object_type=Clarification._meta.label_lower, object_id__in=asked_of.values("pk"))
        events = events.filter(_about_leaf(leaf.value) | questions)
    events = events.filter(saying(named.value))
    found = listed_events(request, events, [named, leaf, of_group])
    if kind := wanted_file(request):
        return events_file(kind, f"nhat-ky-{round.code}", found["rows"])
    context = found | {
        "round": round,
        "kinds": [("", "Tất cả"), *((key, words) for key, (words, _) in KINDS.items())],
        "chosen": chosen if chosen in objects else "",
        "nav_current": "rounds",
    }
    return render(request, "assessments/history/round.html", context)


@signed_in("cán bộ, lãnh đạo của đơn vị: hồ sơ của đơn vị mình")
def own_history(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """What has happened to a unit's own file, as far as it is the unit's to know."""
    file = load_of_unit(request, round_code, group_code, unit_code)
    leaf = words(request, "Mã mục", name="muc")
    events = Event.objects.filter(
        _about_leaf(leaf.value), object_type=file._meta.label_lower, object_id=file.pk, verb__in=OWN_VERBS
    )
    found = listed_events(request, events, [leaf])
    if kind := wanted_file(request):
        return events_file(kind, f"lich-su-{round_code}-{file.unit_code}", found["rows"])
    context = found | {
        "file": file,
        "round": file.group.round,
        "group": file.group,
        "nav_current": "own_files",
    }
    return render(request, "assessments/history/file.html", context)
