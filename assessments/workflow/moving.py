"""Moving a group of a running round to another version of its framework: scores follow the lineage.

Nothing is lost: what has no place in the new version is set aside as it was, with the reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Case, Model, Value, When
from django.urls import reverse
from django.utils import timezone

from assessments.enums import AssessmentState, Kept, Track, Verb
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import (
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
from assessments.notifications import notify
from assessments.permissions.setup import check_set_up
from assessments.scorecard import leaf_outcome, rounding_of
from assessments.transitions import TRANSITIONS
from assessments.workflow.group_settings import group_told
from assessments.workflow.moving_plan import opens_for_unit, plan_of
from assessments.workflow.moving_shapes import Fate, Line, Outcome, Plan, UnitPlan
from assessments.workflow.moving_words import entered_part
from assessments.workflow.people import role_facts
from assessments.workflow.rounds import survey_for
from assessments.workflow.settings import require_unpublished
from assessments.workflow.words import BATCH, WORD_FIELDS
from criteria.models import Criterion, Framework
from parindex.accounts.enums import UNIT_ROLES
from parindex.accounts.models import Membership, User
from parindex.audit.events import Change, record, record_each
from parindex.notation import plain

MOVED = "chuyển sang phiên bản khác của bộ tiêu chí"
OWN_WORDS = f"ghi điểm: {Track.SELF.label}"
MODELS: Mapping[Kept, type[Model]] = {
    Kept.OPINION: Opinion,
    Kept.CLARIFICATION: Clarification,
    Kept.REVIEW: ReviewRequest,
    Kept.EVIDENCE: EvidenceUse,
    Kept.SAMPLE: SurveySample,
    Kept.FIGURE: PaperFigure,
}
FOLLOWING: tuple[type[Model], ...] = (Score, *MODELS.values())
Changed = tuple[UnitPlan, Model, Line]
Kind = TypeVar("Kind", bound=Model)


class StalePlan(WrongState):
    """What a person has previewed is no longer what the move would do."""


@transaction.atomic
def move_group(group: Group, *, to: Framework, reason: str, seen: str, by_user: User) -> Plan:
    """Move a group to another version of its framework; `seen` is the digest of the plan that was previewed.

    Every row about a leaf goes to what carries the leaf on, and is worked out anew there; what cannot stand
    is set aside and its leaf is open again; concluded files with open leaves return to the appraisal.
    Raises NotPermitted, WrongState once published, StalePlan where anything shown has changed, and
    AssessmentError for a framework that cannot follow, no reason, and leads that stand in the way.
    """
    round = _locked(group, by_user)
    group = (
        round.groups.select_for_update(of=("self",))
        .select_related("framework__decision", "round")
        .get(pk=group.pk)
    )
    list(group.assessments.select_for_update().order_by("pk"))
    plan = plan_of(group, to)
    if plan.digest != seen:
        raise StalePlan(
            "Có điểm, tài liệu hoặc thiết lập vừa thay đổi sau khi lập bản xem trước. Chưa chuyển gì; xem "
            "lại bản mới bên dưới rồi xác nhận."
        )
    if plan.obstacles:
        raise AssessmentError(" ".join(plan.obstacles))
    reason = reason.strip()
    if not reason:
        raise AssessmentError("Nêu lý do chuyển phiên bản.")
    changes = _changes(plan)
    silent = _rows(Score, [key for key, _, _ in plan.silent])
    _set_aside(plan, changes, by_user)
    _follow(plan)
    _write_words(plan, changes, silent)
    _await_fresh(plan)
    _change_settings(plan, reason, by_user)
    _tell_files(plan, reason, by_user)
    _reopen(plan, reason, by_user)
    _tell_people(plan, by_user)
    return plan


def _locked(group: Group, by_user: User) -> Round:
    """The round, locked, where this person may set it up and nothing is published."""
    check_set_up(by_user, group.round)
    round = Round.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=group.round_id)
    require_unpublished(round)
    return round


def _changes(plan: Plan) -> list[Changed]:
    """Every row that changes, as it stands before the move, with its unit's plan and what becomes of it."""
    keys: dict[type[Model], list[int]] = defaultdict(list)
    for unit in plan.units:
        for key, line in unit.changes:
            keys[MODELS.get(line.kind, Score)].append(key)
    rows = {model: _rows(model, wanted) for model, wanted in keys.items()}
    return [
        (unit, rows[MODELS.get(line.kind, Score)][key], line)
        for unit in plan.units
        for key, line in unit.changes
    ]


def _rows(model: type[Kind], keys: Iterable[int]) -> Mapping[int, Kind]:
    rows = model._default_manager.all()
    return (rows.select_related("evidence") if model is EvidenceUse else rows).in_bulk(list(keys))


# -- rows about leaves


def _set_aside(plan: Plan, changes: Sequence[Changed], by_user: User) -> None:
    """Keep what cannot stand, then take it out of the way; an emptied conclusion keeps its row."""
    now = timezone.now()
    kept = [change for change in changes if change[2].fate is not Fate.RECOMPUTED]
    SetAside.objects.bulk_create(
        (
            SetAside(
                assessment=unit.file,
                criterion=line.pair.old,
                kind=line.kind,
                content=_content(row),
                why=line.why,
                moved_by=by_user.actor.name,
                moved_at=now,
            )
            for unit, row, line in kept
        ),
        batch_size=BATCH,
    )
    gone: dict[type[Model], list[int]] = defaultdict(list)
    for _, row, _ in kept:
        gone[type(row)].append(row.pk)
    for model in FOLLOWING:
        keys = gone.get(model, [])
        for start in range(0, len(keys), BATCH):
            model._default_manager.filter(pk__in=keys[start : start + BATCH]).delete()
    without = [pair.old.pk for pair in plan.pairs if pair.new is None]
    # What is left on these leaves are conclusions that nobody has written yet.
    Score.objects.filter(criterion__in=without, **_about(plan)).delete()


def _content(row: Model) -> dict[str, Any]:
    """A row as it stood: amounts as text, so that nothing is rounded."""
    # A use names its piece only by a key, and the piece may be deleted from the unit's library later.
    title = {"title": row.evidence.title} if isinstance(row, EvidenceUse) else {}
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return title | {name: plain(one) if isinstance(one, Decimal) else one for name, one in values.items()}


def _about(plan: Plan) -> dict[str, Any]:
    return {"assessment__in": plan.group.assessments.values("pk")}


def _follow(plan: Plan) -> None:
    """Point every row at the leaf that carries its own on: one statement for each kind of row."""
    pairs = [(pair.old, pair.new) for pair in plan.pairs if pair.new is not None]
    goes = Case(*(When(criterion=old, then=Value(new.pk)) for old, new in pairs))
    for model in FOLLOWING[:-1]:
        rows = model._default_manager.filter(criterion__in=[old for old, _ in pairs], **_about(plan))
        rows.update(criterion=goes)
    # Papers print figures for rows above the leaves too.
    nodes = plan.nodes
    goes = Case(*(When(criterion=old, then=Value(new.pk)) for old, new in nodes))
    PaperFigure.objects.filter(criterion__in=[old for old, _ in nodes], **_about(plan)).update(criterion=goes)


def _write_words(plan: Plan, changes: Sequence[Changed], silent: Mapping[int, Score]) -> None:
    """Write what words come to on their new leaves, and empty the conclusions that cannot stand."""
    scores = [_rewritten(silent[key], leaf, found, {}) for key, leaf, found in plan.silent]
    opinions: list[Opinion] = []
    for _, row, line in changes:
        if line.fate is Fate.ASIDE or line.outcome is None or line.pair.new is None:
            continue
        if isinstance(row, Score):
            rewritten = _of_line(line, row, line.pair.new, line.outcome)
            scores += [rewritten] if rewritten else []
        elif isinstance(row, Opinion) and line.fate is Fate.RECOMPUTED:
            row.points, row.version = line.outcome.points, row.version + 1
            opinions.append(row)
    Score.objects.bulk_create(
        scores,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["assessment", "track", "criterion"],
        update_fields=WORD_FIELDS,
    )
    Opinion.objects.bulk_update(opinions, ["points", "version"], batch_size=BATCH)


def _of_line(line: Line, score: Score, leaf: Criterion, found: Outcome) -> Score | None:
    """The row that a changed score becomes; None where it goes, leaving the leaf without a word."""
    if line.fate is Fate.RECOMPUTED:
        is_waiting = found.points is None and not score.not_applicable
        facts = entered_part(leaf, score.facts) if is_waiting else score.facts
        return _rewritten(score, leaf, found, {"facts": facts})
    nothing = {"facts": {}, "not_applicable": False}
    if score.track == Track.SELF and score.reason:
        # The unit's explanation stands, and waits for its points.
        return _rewritten(score, leaf, found, nothing)
    if score.track == Track.CONCLUSION:
        return _rewritten(
            score, leaf, found, nothing | {"reason": "", "author_id": None, "author_name": "", "at": None}
        )
    return None


def _rewritten(score: Score, leaf: Criterion, found: Outcome, fields: Mapping[str, Any]) -> Score:
    """A score with what it comes to on its new leaf; the word's author and time stay."""
    kept = {name: getattr(score, name) for name in WORD_FIELDS} | dict(fields)
    kept |= {"points": found.points, "obtained": found.obtained, "attainable": found.attainable}
    kept["version"] = score.version + 1
    return Score(assessment_id=score.assessment_id, criterion=leaf, track=score.track, **kept)


def _await_fresh(plan: Plan) -> None:
    """Leaves that the earlier version lacks start without points in every file."""
    rounding = rounding_of(plan.group)
    worth = [(leaf, leaf_outcome(leaf, rounding=rounding, points=None)[1]) for leaf in plan.fresh]
    Score.objects.bulk_create(
        (
            Score(assessment=unit.file, criterion=leaf, track=Track.CONCLUSION, attainable=attainable)
            for unit in plan.units
            for leaf, attainable in worth
        ),
        batch_size=BATCH,
    )


# -- the group, its files, its people


def _change_settings(plan: Plan, reason: str, by_user: User) -> None:
    """The group's framework, survey, tie-breakers and lead agencies."""
    group, before = plan.group, group_told(plan.group)
    group.framework = plan.to
    group.survey = survey_for(group.round, plan.to) if group.survey_id else None
    group.tie_breakers = list(plan.tie_breakers)
    group.save(update_fields=["framework", "survey", "tie_breakers"])
    after = group_told(group)
    changed = [name for name in before if before[name] != after[name]]
    record(
        by=by_user.actor,
        verb=MOVED,
        on=group,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        reason=reason,
    )
    changes = []
    for role, contents in plan.leads:
        facts = role_facts(role)
        role.contents = contents
        role.save(update_fields=["contents"])
        changes.append(Change(role, facts, role_facts(role)))
    record_each(changes, verb="sửa vai trò trong đợt đánh giá", by=by_user.actor, reason=reason)


def _tell_files(plan: Plan, reason: str, by_user: User) -> None:
    """One event for each unit about its own words, which it may read, and one about all else."""
    own, other = [], []
    for unit in plan.units:
        mine = [line for line in unit.lines if line.kind == Kept.SELF]
        rest = [line for line in unit.lines if line.kind != Kept.SELF]
        if mine:
            own.append(Change(unit.file, *_told(mine)))
        before, after = _nested(rest)
        framework = {"framework": str(plan.framework)}, {"framework": str(plan.to)}
        other.append(Change(unit.file, framework[0] | before, framework[1] | after))
    record_each(own, verb=OWN_WORDS, by=by_user.actor, reason=reason)
    record_each(other, verb=MOVED, by=by_user.actor, reason=reason)


def _told(lines: Sequence[Line]) -> tuple[dict[str, str], dict[str, str]]:
    """What changed, by the code of the leaf."""
    return {line.code: line.before for line in lines}, {
        line.code: line.after or line.fate.value.lower() for line in lines
    }


def _nested(lines: Sequence[Line]) -> tuple[dict[str, Any], dict[str, Any]]:
    """As `_told`, under what each row is: many rows of a leaf may change."""
    kinds: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        kinds[str(line.kind.label).lower()].append(line)
    told = {kind: _told(rows) for kind, rows in kinds.items()}
    return {kind: one[0] for kind, one in told.items()}, {kind: one[1] for kind, one in told.items()}


def _reopen(plan: Plan, reason: str, by_user: User) -> None:
    """Concluded files with a leaf that has no conclusion return to the appraisal, as the table has it."""
    row = TRANSITIONS[Verb.REOPEN_APPRAISAL]
    files = [unit.file for unit in plan.units if unit.reopens]
    changes = []
    for file in files:
        before = AssessmentState(file.state)
        file.state = row.moves[before]
        changes.append(Change(file, {"state": before.value}, {"state": AssessmentState(file.state).value}))
    after = row.moves[AssessmentState.CONCLUDED]
    Assessment.objects.filter(pk__in=[file.pk for file in files]).update(state=after)
    record_each(changes, verb=row.audit, by=by_user.actor, reason=reason)


def _tell_people(plan: Plan, by_user: User) -> None:
    """Tell the people of units that have something to write again, or for the first time."""
    units = [unit.file.unit_id for unit in plan.units if opens_for_unit(unit, plan.fresh)]
    held = Membership.objects.on(timezone.localdate()).filter(unit__in=units, role__in=UNIT_ROLES)
    people = User.objects.filter(pk__in=held.values("user")).exclude(pk=by_user.pk)
    text = (
        f"{plan.group.round.title}: nhóm {plan.group.name} chuyển sang “{plan.to}”. Có mục mới hoặc mục phải "
        "ghi lại trong hồ sơ của đơn vị; nội dung đã ghi vẫn được lưu."
    )
    notify(people, text, address=reverse("assessments:own_files"), round=plan.group.round)
