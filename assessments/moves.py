"""Moving a unit's file: check the person, check the state, change, audit, in one transaction."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.enums import AssessmentState, Verb
from assessments.evidence import lacking_evidence
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import Assessment
from assessments.notifications import notify, unit_people
from assessments.permissions import acting_in, check_role_for
from assessments.permissions.files import paper_of
from assessments.states import check_transition, is_deadline_open, self_scoring_deadline
from assessments.transitions import TRANSITIONS, NewDeadline, Transition
from assessments.workflow import require_conclusions
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import User
from parindex.audit.events import record

MOVED = ("state", "submitted_at", "self_scoring_until")


@transaction.atomic
def move(
    assessment: Assessment,
    verb: Verb,
    *,
    by_user: User,
    reason: str = "",
    new_deadline: dt.date | None = None,
    now: dt.datetime | None = None,
    seen: AssessmentState | None = None,
) -> Assessment:
    """Do one verb of the table on a file.

    `seen` is the state that the person's page showed (default: that of `assessment` as it was read); a
    file that has moved since is refused. `assessment` shows the new state afterwards. Raises NotPermitted
    for the wrong person, WrongState for the wrong state, a passed deadline or a file that has moved,
    AssessmentError for a reason, deadline or conclusion that is missing.
    """
    row, now = TRANSITIONS[verb], now or timezone.now()
    check_role_for(acting_in(by_user, assessment, now=now), assessment, row)
    file = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("group__round")
        .get(pk=assessment.pk)
    )
    _check_not_moved(file, seen=seen or AssessmentState(assessment.state))
    check_transition(file, row, now=now)
    reason = reason.strip()
    if row.needs_reason and not reason:
        raise AssessmentError(f"Nêu lý do của việc “{row.verb.label}”.")
    _check_new_deadline(file, row, new_deadline, now=now)
    if row.needs_paper and paper_of(file) is None:
        raise AssessmentError(f"Chưa ghi nhận bản giấy đã ký của {file.unit_name} nên chưa nộp thay được.")
    if row.needs_evidence:
        _require_evidence(file)
    if row.needs_conclusions:
        require_conclusions(file, by=by_user.actor)
    before = _told(file)
    _change(file, row, new_deadline, now)
    after = _told(file)
    changed = [name for name in MOVED if name == "state" or before[name] != after[name]]
    record(
        by=by_user.actor,
        verb=row.audit,
        on=file,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        reason=reason,
    )
    _tell(file, row, by=by_user, reason=reason)
    for name in MOVED:
        setattr(assessment, name, getattr(file, name))
    return assessment


def _require_evidence(file: Assessment) -> None:
    """Refuse a file with leaves that claim points against the group's rule on evidence, naming them."""
    blocking = [one.criterion.code for one in lacking_evidence(file) if one.blocks]
    if blocking:
        raise AssessmentError(
            f"{file.unit_name}: {len(blocking)} mục có điểm nhưng thiếu tài liệu kiểm chứng hoặc giải trình "
            f"({', '.join(blocking)}). Mở trang “Kiểm tra và trình” để xem từng mục."
        )


def _tell(file: Assessment, row: Transition, *, by: User, reason: str) -> None:
    """Tell the unit's people what has been done with their file; the one who did it knows."""
    roles = (Role.UNIT_HEAD,) if row.verb == Verb.SEND_TO_HEAD else UNIT_ROLES
    text = f"{file.unit_name}, {file.group.round.title}: {row.verb.label.lower()}."
    if row.new_deadline != NewDeadline.NONE and file.self_scoring_until is not None:
        text += f" Hạn tự chấm: đến hết ngày {file.self_scoring_until:%d/%m/%Y}."
    if reason:
        text += f" Lý do: {reason}"
    address = reverse("assessments:own_file", args=[file.group.round.code, file.group.code, file.unit_code])
    people = unit_people(file, roles).exclude(pk=by.pk)
    notify(people, text, address=address, round=file.group.round)


def _check_not_moved(file: Assessment, *, seen: AssessmentState) -> None:
    """Refuse a second press of a button, and a decision taken on a page that is no longer true."""
    state = AssessmentState(file.state)
    if state != seen:
        raise WrongState(
            f"Hồ sơ của {file.unit_name} vừa chuyển từ “{seen.label}” sang “{state.label}”. "
            "Tải lại trang rồi quyết định."
        )


def _check_new_deadline(file: Assessment, row: Transition, new: dt.date | None, *, now: dt.datetime) -> None:
    """Whether the table asks for a new last day, and whether the one given leaves the unit any time."""
    rule = row.new_deadline
    if new is None:
        passed = rule == NewDeadline.IF_PASSED and not is_deadline_open(file, now=now)
        if passed or rule in (NewDeadline.REQUIRED, NewDeadline.LATER):
            raise AssessmentError(f"Nêu hạn tự chấm mới của {file.unit_name}.")
        return
    if rule == NewDeadline.NONE:
        raise AssessmentError(f"Việc “{row.verb.label}” không kèm hạn tự chấm mới.")
    if new < timezone.localdate(now):
        raise AssessmentError(f"Hạn tự chấm mới {new:%d/%m/%Y} đã qua.")
    held = self_scoring_deadline(file)
    if held is not None and (new < held or (new == held and rule == NewDeadline.LATER)):
        raise AssessmentError(f"Hạn tự chấm mới {new:%d/%m/%Y} phải sau hạn đang áp dụng, {held:%d/%m/%Y}.")


def _change(file: Assessment, row: Transition, new_deadline: dt.date | None, now: dt.datetime) -> None:
    """A file that goes back to the unit is no longer submitted."""
    file.state = row.moves[AssessmentState(file.state)]
    if file.state == AssessmentState.SUBMITTED:
        file.submitted_at = now
    elif file.state == AssessmentState.DRAFT:
        file.submitted_at = None
    if new_deadline is not None:
        file.self_scoring_until = new_deadline
    file.save(update_fields=MOVED)


def _told(file: Assessment) -> dict[str, Any]:
    """The fields that a move may change, as the log keeps them."""
    return {
        "state": str(file.state),
        "submitted_at": file.submitted_at and timezone.localtime(file.submitted_at).isoformat(),
        "self_scoring_until": file.self_scoring_until and file.self_scoring_until.isoformat(),
    }
