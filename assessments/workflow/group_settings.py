"""Changing the groups of a round and their units, while nothing is published (see `settings`)."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from assessments.enums import RoundDuty
from assessments.exceptions import AssessmentError
from assessments.models import Assessment, Group, Round, Score
from assessments.scorecard import class_scale
from assessments.workflow.rounds import (
    GroupSettings,
    add_files,
    add_group,
    await_conclusions,
    require_in_force,
    require_tie_breakers,
    set_bands,
    settings_of,
    survey_for,
)
from assessments.workflow.settings import (
    files_of,
    has_begun,
    open_to_change,
    record_change,
    require_seen,
)
from criteria.models import Framework
from parindex.accounts.models import Unit, User
from parindex.audit.events import record
from parindex.notation import plain


@transaction.atomic
def create_group(
    round: Round,
    *,
    code: str,
    name: str,
    framework: Framework,
    units: Sequence[Unit],
    settings: GroupSettings,
    by_user: User,
) -> Group:
    """Add a group to a round that is not published. Raises AssessmentError for a unit of another group."""
    round = open_to_change(round, by_user)
    check_scale(settings)
    _require_free(round, units)
    return add_group(
        round=round,
        code=code,
        name=name,
        framework=framework,
        units=units,
        settings=settings,
        by=by_user.actor,
    )


@transaction.atomic
def change_group(
    group: Group,
    *,
    name: str,
    position: int,
    framework: Framework,
    settings: GroupSettings,
    seen: str,
    by_user: User,
) -> Group:
    """Change a group's name, place, framework and settings.

    Framework, survey and rounding are part of every outcome that is stored, so they stay once anything
    is recorded. Raises as `change_round` does.
    """
    round = open_to_change(group.round, by_user)
    group = round.groups.select_for_update(of=("self",)).select_related("framework", "round").get(pk=group.pk)
    require_seen(group, seen, group_facts(group))
    before = group_told(group)
    check_scale(settings)
    require_tie_breakers(settings.tie_breakers, framework)
    starts_anew = _require_may_start_anew(group, framework, settings)
    group.name, group.framework = name, framework
    for column, value in settings.columns.items():
        setattr(group, column, value)
    if starts_anew:
        group.survey = survey_for(round, framework) if settings.holds_survey else None
    group.save()
    set_bands(group, settings.scale)
    _move_to(group, position)
    if starts_anew:
        _await_anew(group)
    record_change(group, before, group_told(group), verb="sửa thiết lập nhóm đơn vị", by_user=by_user)
    return group


def check_scale(settings: GroupSettings) -> None:
    """Raise AssessmentError for class bounds that make no scale."""
    try:
        class_scale(settings.scale_basis, list(settings.scale))
    except ValueError as error:
        raise AssessmentError(str(error)) from error


def _require_may_start_anew(group: Group, framework: Framework, settings: GroupSettings) -> bool:
    """Whether the empty conclusions must be made anew; refused once something is recorded."""
    other_framework = framework.pk != group.framework_id
    survey_changes = settings.holds_survey != (group.survey_id is not None)
    rounding_changes = (settings.rounding_places, settings.rounding_stage) != (
        group.rounding_places,
        group.rounding_stage,
    )
    if not (other_framework or survey_changes or rounding_changes):
        return False
    if has_begun(group.assessments.all()):
        raise AssessmentError(
            f"Nhóm {group.name} đã có điểm, tài liệu được ghi nên giữ nguyên bộ tiêu chí, điều tra "
            "xã hội học và cách làm tròn."
        )
    if other_framework:
        require_in_force(framework)
        _require_contents_of_leads(group, framework)
    return True


def _require_contents_of_leads(group: Group, framework: Framework) -> None:
    """A lead agency of this group must not be left with a content that the new framework lacks."""
    contents = set(framework.criteria.filter(level=1).values_list("code", flat=True))
    for role in group.roles.filter(role=RoundDuty.LEAD_AGENCY).select_related("user"):
        if missing := [code for code in role.contents if code not in contents]:
            raise AssessmentError(
                f"{role.user} đang chủ trì nội dung {', '.join(missing)} mà “{framework}” không có. "
                "Sửa phân công ở mục Hội đồng và phân công trước."
            )


def _await_anew(group: Group) -> None:
    """Make the empty conclusions of the group's files again, by its framework and survey of now."""
    files = list(group.assessments.select_for_update().order_by("pk"))
    Score.objects.filter(assessment__in=files).delete()
    await_conclusions(group, files)


def _move_to(group: Group, position: int) -> None:
    """Put the group at this place among the groups of its round, counted from one."""
    others = list(group.round.groups.exclude(pk=group.pk).order_by("position", "pk"))
    ordered = [*others[: position - 1], group, *others[position - 1 :]]
    for place, one in enumerate(ordered, start=1):
        one.position = place
    Group.objects.bulk_update(ordered, ["position"])


@transaction.atomic
def remove_group(group: Group, *, by_user: User) -> None:
    """Take a group out of its round. Raises AssessmentError once anything is recorded in it."""
    round = open_to_change(group.round, by_user)
    if has_begun(group.assessments.all()) or group.published.exists():
        raise AssessmentError(f"Nhóm {group.name} đã có điểm, tài liệu được ghi nên không bỏ được.")
    before = {"code": group.code, "units": group.assessments.count()}
    record(by=by_user.actor, verb="bỏ nhóm đơn vị", on=group, before=before, after={"round": round.code})
    group.delete()


def group_facts(group: Group) -> dict[str, Any]:
    """The settings of a group, by which a page that was open is told to be stale."""
    settings = settings_of(group)
    return {
        "name": group.name,
        "position": group.position,
        "framework": group.framework_id,
        "survey": settings.holds_survey,
        "scale": [[name, plain(lower)] for name, lower in settings.scale],
        **settings.columns,
    }


def group_told(group: Group) -> dict[str, Any]:
    """The settings of a group as an event tells them: to read, so with the framework's name."""
    return group_facts(group) | {"framework": str(group.framework) if group.framework else None}


# -- units of a group


@transaction.atomic
def add_units(group: Group, units: Sequence[Unit], *, by_user: User) -> list[Assessment]:
    """Add units to a group; those that it has already are left as they are. Returns the new files.

    Raises AssessmentError for another organiser's unit and for one that another group of the round has.
    """
    round = open_to_change(group.round, by_user)
    known = set(group.assessments.values_list("unit", flat=True))
    new = [unit for unit in units if unit.pk not in known]
    _require_free(round, new)
    files = add_files(group, new)
    if files:
        codes = [file.unit_code for file in files]
        record(by=by_user.actor, verb="thêm đơn vị vào nhóm", on=group, after={"units": codes})
    return files


def _require_free(round: Round, units: Sequence[Unit]) -> None:
    """Raise AssessmentError for another organiser's unit and for one that a group of the round has."""
    for unit in units:
        if unit.organiser_id != round.organiser_id:
            raise AssessmentError(f"{unit} không thuộc {round.organiser}.")
    taken = files_of(round).filter(unit__in=units).select_related("group").first()
    if taken is not None:
        raise AssessmentError(f"{taken.unit_name} đã có trong nhóm {taken.group.name}.")


@transaction.atomic
def remove_unit(file: Assessment, *, by_user: User) -> None:
    """Take a unit out of its group while nothing is recorded in its file."""
    open_to_change(file.group.round, by_user)
    locked = Assessment.objects.select_for_update().filter(pk=file.pk)
    list(locked)
    if has_begun(Assessment.objects.filter(pk=file.pk)):
        raise AssessmentError(f"Hồ sơ của {file.unit_name} đã có điểm, tài liệu được ghi nên không bỏ được.")
    record(by=by_user.actor, verb="bỏ đơn vị khỏi nhóm", on=file.group, before={"units": [file.unit_code]})
    file.delete()
