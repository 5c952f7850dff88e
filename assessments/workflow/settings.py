"""Changing how a round is set up, while nothing is published, and what such verbs share.

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

from assessments.enums import AssessmentState, PublicationState
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
from assessments.workflow.rounds import (
    survey_for,
)
from parindex.accounts.models import User
from parindex.audit.events import record
from parindex.audit.models import Event

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
    round = open_to_change(round, by_user)
    before = round_facts(round)
    require_seen(round, seen, before)
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
    record_change(round, before, round_facts(round), verb="sửa thiết lập đợt đánh giá", by_user=by_user)
    return round


def _follow_year(round: Round) -> None:
    """The surveys of a round are those of its year."""
    for group in round.groups.filter(survey__isnull=False).select_related("framework__unit_type"):
        group.survey = survey_for(round, group.used_framework)
        group.save(update_fields=["survey"])


def round_facts(round: Round) -> dict[str, Any]:
    """The settings of a round as an event tells them."""
    return {name: _told(getattr(round, name)) for name in ROUND_COLUMNS}


# -- what these verbs share


def fingerprint(facts: Mapping[str, Any]) -> str:
    """A short mark of settings as a page showed them, to tell whether they have changed since."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT]


def require_seen(on: Round | Group, seen: str, facts: Mapping[str, Any]) -> None:
    """Raise StaleSettings, naming who changed them, where the settings are not those that a page showed."""
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


def open_to_change(round: Round, by_user: User) -> Round:
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


def record_change(
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
