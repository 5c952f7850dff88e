"""Changing how a round and its groups are set up, while nothing is published.

What would change outcomes that are stored already (rounding, survey, framework) is refused once
anything has been recorded; the rest only decides how stored outcomes are read.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.enums import AssessmentState, PublicationState, RoundDuty
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import (
    AnnouncedResult,
    Assessment,
    Clarification,
    EvidenceUse,
    Group,
    Opinion,
    PaperFigure,
    ReviewRequest,
    Round,
    Score,
    SetAside,
    SurveySample,
)
from assessments.permissions.setup import check_set_up
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
from criteria.models import Framework
from parindex.accounts.models import Unit, User
from parindex.audit.events import record
from parindex.audit.models import Event
from parindex.notation import plain

STEPS = (
    ("self_scoring_until", "tự chấm"),
    ("compiling_until", "tổng hợp"),
    ("appraisal_until", "thẩm định"),
    ("publication_until", "công bố"),
)
# Dates that clone with a round; the last is no step, and none of it means that nothing is offered.
DATES = (*(name for name, _ in STEPS), "review_until")
# Columns of a round that a person changes.
ROUND_COLUMNS = ("title", "code", "year", *DATES, "note")
# What may be recorded about a file beside its scores.
ABOUT_A_FILE = (
    EvidenceUse,
    Opinion,
    Clarification,
    ReviewRequest,
    SurveySample,
    SetAside,
    AnnouncedResult,
    PaperFigure,
)
FINGERPRINT = 16


class StaleSettings(WrongState):
    """Somebody else has changed the settings since they were read."""


@dataclass(frozen=True, slots=True)
class RoundSettings:
    """What a person sets for a round; each date is the last day of its step."""

    title: str
    code: str
    year: int
    self_scoring_until: dt.date | None = None
    compiling_until: dt.date | None = None
    appraisal_until: dt.date | None = None
    publication_until: dt.date | None = None
    review_until: dt.date | None = None
    note: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """The settings by the names of the round's columns."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def dates_out_of_order(dates: Mapping[str, dt.date | None]) -> tuple[str, str] | None:
    """The first step that ends before an earlier one, and why; None where the order is right."""
    earlier_label, earlier = "", None
    for name, label in STEPS:
        day = dates.get(name)
        if day is None:
            continue
        if earlier is not None and day < earlier:
            return name, (
                f"Bước {label} hết ngày {day:%d/%m/%Y}, trước khi bước {earlier_label} hết ngày "
                f"{earlier:%d/%m/%Y}. Các bước nối nhau theo thứ tự."
            )
        earlier_label, earlier = label, day
    review, appraisal = dates.get("review_until"), dates.get("appraisal_until")
    if review is not None and appraisal is not None and review < appraisal:
        return "review_until", (
            f"Hạn nhận đề nghị xem xét lại {review:%d/%m/%Y} trước khi bước thẩm định hết ngày "
            f"{appraisal:%d/%m/%Y}."
        )
    return None


# -- what has been recorded


def _begun() -> Q:
    """Files in which anything has been recorded, or which have left their first state."""
    own = {"assessment": OuterRef("pk")}
    recorded = Q(Exists(Score.objects.filter(at__isnull=False, **own)))
    for model in ABOUT_A_FILE:
        recorded |= Q(Exists(model._default_manager.filter(**own)))
    return recorded | ~Q(state=AssessmentState.DRAFT)


def with_begun(files: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Files, each with `begun`: whether anything has been recorded in it or it has left its first state."""
    return files.annotate(begun=ExpressionWrapper(_begun(), output_field=BooleanField()))


def has_begun(files: QuerySet[Assessment]) -> bool:
    """Whether anything has been recorded in any of these files."""
    return files.filter(_begun()).exists()


def files_of(round: Round) -> QuerySet[Assessment]:
    """All files of a round."""
    return Assessment.objects.filter(group__round=round)


# -- the round


@transaction.atomic
def change_round(round: Round, settings: RoundSettings, *, seen: str, by_user: User) -> Round:
    """Change title, code, year, dates and note; every change is on record with old and new.

    `seen` is the fingerprint of what the person read. Raises StaleSettings when that is no longer so,
    WrongState once published, AssessmentError for a code that is taken, code or year after scores, and
    dates out of order.
    """
    round = _open_to_change(round, by_user)
    before = round_facts(round)
    _require_seen(round, seen, before)
    if wrong := dates_out_of_order(settings.columns):
        raise AssessmentError(wrong[1])
    renamed, another_year = settings.code != round.code, settings.year != round.year
    if (renamed or another_year) and has_begun(files_of(round)):
        raise AssessmentError("Đợt đánh giá đã có điểm, tài liệu được ghi nên giữ nguyên mã và năm đánh giá.")
    if renamed and Round.objects.filter(code=settings.code).exists():
        raise AssessmentError(f"Mã đợt đánh giá “{settings.code}” đã có.")
    for name, value in settings.columns.items():
        setattr(round, name, value)
    round.save(update_fields=ROUND_COLUMNS)
    if another_year:
        _follow_year(round)
    _record_change(round, before, round_facts(round), verb="sửa thiết lập đợt đánh giá", by_user=by_user)
    return round


def _follow_year(round: Round) -> None:
    """The surveys of a round are those of its year."""
    for group in round.groups.filter(survey__isnull=False).select_related("framework__unit_type"):
        group.survey = survey_for(round, group.used_framework)
        group.save(update_fields=["survey"])


def round_facts(round: Round) -> dict[str, Any]:
    """The settings of a round as an event tells them."""
    return {name: _told(getattr(round, name)) for name in ROUND_COLUMNS}


# -- a group


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
    round = _open_to_change(round, by_user)
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
    round = _open_to_change(group.round, by_user)
    group = round.groups.select_for_update(of=("self",)).select_related("framework", "round").get(pk=group.pk)
    _require_seen(group, seen, group_facts(group))
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
    _record_change(group, before, group_told(group), verb="sửa thiết lập nhóm đơn vị", by_user=by_user)
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
    round = _open_to_change(group.round, by_user)
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
    round = _open_to_change(group.round, by_user)
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
    _open_to_change(file.group.round, by_user)
    locked = Assessment.objects.select_for_update().filter(pk=file.pk)
    list(locked)
    if has_begun(Assessment.objects.filter(pk=file.pk)):
        raise AssessmentError(f"Hồ sơ của {file.unit_name} đã có điểm, tài liệu được ghi nên không bỏ được.")
    record(by=by_user.actor, verb="bỏ đơn vị khỏi nhóm", on=file.group, before={"units": [file.unit_code]})
    file.delete()


# -- what these verbs share


def fingerprint(facts: Mapping[str, Any]) -> str:
    """A short mark of settings as a page showed them, to tell whether they have changed since."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT]


def _require_seen(on: Round | Group, seen: str, facts: Mapping[str, Any]) -> None:
    if seen == fingerprint(facts):
        return
    last = Event.objects.filter(object_type=on._meta.label_lower, object_id=on.pk).order_by("-pk").first()
    who = (
        f"{last.actor_name} sửa lúc {timezone.localtime(last.at):%H:%M %d/%m/%Y}"
        if last
        else "người khác sửa"
    )
    raise StaleSettings(
        f"Thiết lập này vừa được {who}. Những gì bạn ghi còn nguyên bên dưới; gửi lại thì thay thiết lập "
        "hiện tại."
    )


def _open_to_change(round: Round, by_user: User) -> Round:
    """The round, locked, where this person may set it up and nothing is published."""
    check_set_up(by_user, round)
    locked = Round.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=round.pk)
    require_unpublished(locked)
    return locked


def require_unpublished(round: Round) -> None:
    """Raise WrongState for a round with a current publication."""
    if round.publications.filter(state=PublicationState.CURRENT).exists():
        raise WrongState(
            "Đợt đánh giá đã công bố nên thiết lập giữ nguyên. Thu hồi bản công bố trước khi sửa."
        )


def _record_change(
    on: Round | Group, before: Mapping[str, Any], after: Mapping[str, Any], *, verb: str, by_user: User
) -> None:
    """One event with what has changed; none where nothing has."""
    changed = _changed(before, after)
    if changed:
        old, new = ({name: facts[name] for name in changed} for facts in (before, after))
        record(by=by_user.actor, verb=verb, on=on, before=old, after=new)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[str]:
    return [name for name in before if before[name] != after[name]]


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
