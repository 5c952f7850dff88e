"""Groups of a round: adding one, its settings, its units."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from assessments.enums import AssessmentState
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.setup_groups import FileOfUnitsForm, GroupForm, NewGroupForm
from assessments.models import Assessment, Group, Round, SetAside
from assessments.permissions.setup import can_set_up
from assessments.queries import current_publication
from assessments.views.setup import CHANGE, CONFLICT, READ, UNPROCESSABLE, load_to_change, load_to_see
from assessments.workflow.cloning import newer_frameworks, units_of_year
from assessments.workflow.group_settings import (
    add_units,
    change_group,
    create_group,
    group_facts,
    remove_group,
    remove_unit,
)
from assessments.workflow.rounds import settings_of
from assessments.workflow.settings import (
    StaleSettings,
    files_of,
    fingerprint,
    has_begun,
    require_unpublished,
    with_begun,
)
from criteria.enums import FrameworkState
from criteria.models import Framework
from criteria.views.common import person
from parindex.access import signed_in
from parindex.accounts.models import Unit
from parindex.keys import number_of
from parindex.listing import has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column
from parindex.sorting import sort_key

EVERY_TYPE = "tat-ca"
UNIT_HEADINGS = (("ten", "Đơn vị"), ("ma", "Mã"), ("ho-so", "Hồ sơ"))
UNIT_KEYS: dict[str, Callable[[Assessment], Any]] = {
    "ten": lambda file: file.unit_sort_key,
    "ma": lambda file: sort_key(file.unit_code),
    "ho-so": lambda file: (list(AssessmentState).index(AssessmentState(file.state)), file.begun),  # type: ignore[attr-defined]
}
UNIT_COLUMNS = (
    Column("name", "Đơn vị", width=44),
    Column("code", "Mã", width=20),
    Column("state", "Trạng thái hồ sơ", width=24),
)


def frameworks_in_force(*, own: int | None = None) -> QuerySet[Framework]:
    """Frameworks that a group may use, by type of unit, the newest first; `own` is the one that it has."""
    in_force = Framework.objects.filter(Q(state=FrameworkState.IN_FORCE) | Q(pk=own))
    return in_force.select_related("unit_type", "decision__issuer").order_by(
        "unit_type__name", "-decision__issued", "-version", "pk"
    )


def _load_group(round: Round, code: str) -> Group:
    groups = round.groups.select_related(
        "framework__unit_type", "framework__decision", "structure__unit_type", "structure__decision"
    )
    return get_object_or_404(groups, code=code)


def _free_units(round: Round, framework: Framework | None, *, every_type: bool) -> QuerySet[Unit]:
    """Units of the year that no group of the round has; of the framework's type, or of every type."""
    free = units_of_year(round.organiser, round.year).exclude(pk__in=files_of(round).values("unit"))
    if framework is not None and not every_type:
        free = free.filter(unit_type=framework.unit_type_id)
    return free.select_related("unit_type")


# -- adding a group


@signed_in(CHANGE)
def setup_add_group(request: HttpRequest, round_code: str) -> HttpResponse:
    """Choose a framework in force (`?bo=`), then name the group, its units and its settings."""
    round = load_to_change(request, round_code)
    require_unpublished(round)
    frameworks = frameworks_in_force()
    asked = request.GET.get("bo", "")
    if not asked:
        context = {"round": round, "frameworks": list(frameworks), "nav_current": "rounds"}
        return render(request, "assessments/setup/choose_framework.html", context)
    framework = get_object_or_404(frameworks, pk=number_of(asked))
    every_type = request.GET.get("loai") == EVERY_TYPE
    choices = _free_units(round, framework, every_type=every_type)
    if request.method != "POST":
        form = NewGroupForm(round, framework=framework, choices=choices)
        return _show_new_group(request, round, framework, form)
    form = NewGroupForm(round, request.POST, request.FILES, framework=framework, choices=choices)
    if form.is_valid():
        try:
            group = _add(request, round, framework, form)
        except (NotPermitted, WrongState):
            raise
        except AssessmentError as refusal:
            form.add_error("file" if form.cleaned_data.get("file") else None, str(refusal))
        else:
            messages.success(request, f"Đã thêm nhóm {group.name} với {group.assessments.count()} đơn vị.")
            return redirect("assessments:setup", round.code)
    return _show_new_group(request, round, framework, form, status=UNPROCESSABLE)


@transaction.atomic
def _add(request: HttpRequest, round: Round, framework: Framework, form: NewGroupForm) -> Group:
    return create_group(
        round,
        code=form.cleaned_data["code"],
        name=form.cleaned_data["name"],
        framework=framework,
        units=form.chosen(round.organiser, framework.unit_type),
        settings=form.settings,
        by_user=person(request),
    )


def _show_new_group(
    request: HttpRequest, round: Round, framework: Framework, form: NewGroupForm, *, status: int = 200
) -> HttpResponse:
    every_type = request.GET.get("loai") == EVERY_TYPE
    if form.is_bound:
        chosen = set(form.data.getlist("units"))  # type: ignore[attr-defined]
    else:
        # A group mostly is all that there is of one type, which may be hundreds.
        offered = form.fields["units"].queryset  # type: ignore[attr-defined]
        chosen = set() if every_type else {str(unit.pk) for unit in offered}
    context = {
        "round": round,
        "framework": framework,
        "form": form,
        "every_type": every_type,
        "chosen": chosen,
        "nav_current": "rounds",
    }
    return render(request, "assessments/setup/new_group.html", context, status=status)


# -- settings of a group


@signed_in(READ)
def setup_group(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """Read the settings of a group; the organiser changes them while nothing is published."""
    if request.method != "POST":
        round = load_to_see(request, round_code)
        group = _load_group(round, group_code)
        return _show_group(request, round, group, _group_form(round, group))
    round = load_to_change(request, round_code)
    group = _load_group(round, group_code)
    form = _group_form(round, group, request.POST)
    if not form.is_valid():
        return _show_group(request, round, group, form, status=UNPROCESSABLE)
    given = form.cleaned_data
    try:
        change_group(
            group,
            name=given["name"],
            position=given["position"],
            framework=given["framework"],
            settings=form.settings,
            seen=given["seen"],
            by_user=person(request),
        )
    except StaleSettings as stale:
        again = request.POST.copy()
        again["seen"] = fingerprint(group_facts(group))
        form = _group_form(round, group, again)
        form.add_error(None, str(stale))
        return _show_group(request, round, group, form, status=CONFLICT, stale=True)
    except (NotPermitted, WrongState):
        raise
    except AssessmentError as refusal:
        form.add_error(None, str(refusal))
        return _show_group(request, round, group, form, status=UNPROCESSABLE)
    messages.success(request, f"Đã lưu thiết lập nhóm {given['name']}.")
    return redirect("assessments:setup_group", round.code, group.code)


def _group_form(round: Round, group: Group, data: object = None) -> GroupForm:
    codes = list(round.groups.order_by("position", "pk").values_list("code", flat=True))
    return GroupForm(
        group,
        data,
        frameworks=frameworks_in_force(own=group.framework_id),
        groups=len(codes),
        place=codes.index(group.code) + 1,
        settings=settings_of(group),
        seen=fingerprint(group_facts(group)),
    )


def _show_group(
    request: HttpRequest,
    round: Round,
    group: Group,
    form: GroupForm,
    *,
    status: int = 200,
    stale: bool = False,
) -> HttpResponse:
    publication = current_publication(round)
    begun = has_begun(group.assessments.all())
    context = {
        "round": round,
        "group": group,
        "form": form,
        "stale": stale,
        "publication": publication,
        "may_change": publication is None and can_set_up(request.user, round),
        "has_begun": begun,
        "has_set_aside": begun and SetAside.objects.filter(assessment__group=group).exists(),
        "newer": newer_frameworks([group])[group.pk],
        "nav_current": "rounds",
    }
    return render(request, "assessments/setup/group.html", context, status=status)


@signed_in(CHANGE)
@require_POST
def setup_remove_group(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """Take a group without any record out of the round."""
    round = load_to_change(request, round_code)
    group = _load_group(round, group_code)
    remove_group(group, by_user=person(request))
    messages.success(request, f"Đã bỏ nhóm {group.name}.")
    return redirect("assessments:setup", round.code)


# -- units of a group


@signed_in(READ)
def setup_units(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """The units of a group, and those that can be added."""
    if request.method != "POST":
        round = load_to_see(request, round_code)
        group = _load_group(round, group_code)
        return _show_units(request, round, group, FileOfUnitsForm(choices=_choices(request, round, group)))
    round = load_to_change(request, round_code)
    group = _load_group(round, group_code)
    form = FileOfUnitsForm(request.POST, request.FILES, choices=_choices(request, round, group))
    if form.is_valid():
        try:
            with transaction.atomic():
                units = form.chosen(round.organiser, group.used_framework.unit_type)
                added = add_units(group, units, by_user=person(request))
        except (NotPermitted, WrongState):
            raise
        except AssessmentError as refusal:
            form.add_error("file" if form.cleaned_data.get("file") else None, str(refusal))
        else:
            messages.success(request, f"Đã thêm {len(added)} đơn vị vào nhóm {group.name}.")
            return redirect("assessments:setup_units", round.code, group.code)
    return _show_units(request, round, group, form, status=UNPROCESSABLE)


def _choices(request: HttpRequest, round: Round, group: Group) -> QuerySet[Unit]:
    return _free_units(round, group.framework, every_type=request.GET.get("loai") == EVERY_TYPE)


def _show_units(
    request: HttpRequest, round: Round, group: Group, form: FileOfUnitsForm, *, status: int = 200
) -> HttpResponse:
    sought = words(request, "Tên hoặc mã đơn vị")
    files = [
        file
        for file in with_begun(group.assessments.all()).select_related("unit__unit_type")
        if has_words(sought.folded, file.unit_name, file.unit_code)
    ]
    found = listed(request, files, UNIT_KEYS, [sought])
    if kind := wanted_file(request):
        rows = [(file.unit_name, file.unit_code, file.get_state_display()) for file in found["rows"]]
        return list_file(kind, f"don-vi-{round.code}-{group.code}", "Đơn vị", UNIT_COLUMNS, rows)
    publication = current_publication(round)
    context = found | {
        "headings": UNIT_HEADINGS,
        "round": round,
        "group": group,
        "framework": group.framework,
        "form": form,
        "chosen": set(form.data.getlist("units")) if form.is_bound else set(),  # type: ignore[attr-defined]
        "every_type": request.GET.get("loai") == EVERY_TYPE,
        "publication": publication,
        "may_change": publication is None and group.framework_id and can_set_up(request.user, round),
        "nav_current": "rounds",
    }
    return render(request, "assessments/setup/units.html", context, status=status)


@signed_in(CHANGE)
@require_POST
def setup_remove_unit(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """Take a unit without any record out of its group."""
    round = load_to_change(request, round_code)
    files = Assessment.objects.filter(group__round=round).select_related("group__round__organiser")
    file = get_object_or_404(files, group__code=group_code, unit_code=unit_code)
    remove_unit(file, by_user=person(request))
    messages.success(request, f"Đã bỏ {file.unit_name} khỏi nhóm {file.group.name}.")
    return redirect("assessments:setup_units", round.code, group_code)
