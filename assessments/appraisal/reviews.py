"""Requests for review: a unit asks once that a lowered leaf be looked at again; the council keeps or changes.

The file stays concluded meanwhile; nothing is published while a request that was sent waits for its answer.
"""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from assessments.appraisal.decisions import Decision, require_fresh, word_of
from assessments.enums import ReviewState, ReviewVerb, Track
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.models import Assessment, ReviewRequest, Round, Score
from assessments.notifications import council_people, notify, unit_people
from assessments.permissions import Person
from assessments.permissions.publishing import own_units
from assessments.permissions.reviews import check_review, check_reviewable
from assessments.progress import can_see_progress, council_files, seen_files
from assessments.transitions import REVIEWS, WRITTEN
from assessments.visibility import sees_own_result
from assessments.workflow import record_words
from assessments.workflow.conclusions import compute_again
from criteria.enums import NOT_SELF_SCORED
from criteria.models import Criterion
from criteria.rules import COMPUTED_LAST
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from parindex.audit.events import record
from parindex.notation import plain


@dataclass(frozen=True, slots=True)
class Reviewable:
    """One leaf of which a unit sees that its points were lowered, with its request, if there is one."""

    leaf: Criterion
    own: Score | None
    concluded: Score | None
    request: ReviewRequest | None

    @property
    def lowered(self) -> Decimal | None:
        """By how many points the conclusion lies below the self-score."""
        own = self.own.obtained if self.own else None
        concluded = self.concluded.obtained if self.concluded else None
        return None if own is None or concluded is None else own - concluded


def lowered_in(file: Assessment) -> QuerySet[Score]:
    """The conclusions of a file that give less than the unit gave itself, of leaves that people conclude."""
    own = Score.objects.filter(assessment=file, criterion=OuterRef("criterion"), track=Track.SELF)
    return (
        file.scores.filter(track=Track.CONCLUSION, obtained__isnull=False)
        .exclude(criterion__source__in=NOT_SELF_SCORED)
        .exclude(criterion__rule_kind__in=COMPUTED_LAST)
        .annotate(claimed=Subquery(own.values("obtained")))
        .filter(obtained__lt=F("claimed"))
    )


def reviewables(file: Assessment) -> list[Reviewable]:
    """The lowered leaves of a file, and those that were before an answer, in the order of the paper.

    Nothing while the unit does not see its points. In four queries.
    """
    if not sees_own_result(file):
        return []
    requests = {one.criterion_id: one for one in file.reviews.select_related("criterion")}
    lowered = {score.criterion_id for score in lowered_in(file)}
    scores: dict[tuple[str, int], Score] = {}
    wanted = lowered | requests.keys()
    tracks = (Track.SELF, Track.CONCLUSION)
    for score in file.scores.filter(criterion__in=wanted, track__in=tracks).select_related("criterion"):
        scores[score.track, score.criterion_id] = score
    leaves = {score.criterion_id: score.criterion for score in scores.values()}
    return [
        Reviewable(
            leaf,
            scores.get((Track.SELF, leaf.pk)),
            scores.get((Track.CONCLUSION, leaf.pk)),
            requests.get(leaf.pk),
        )
        for leaf in sorted(leaves.values(), key=lambda leaf: leaf.position)
    ]


# -- the unit


@transaction.atomic
def write(
    file: Assessment, leaf: Criterion, *, text: str, seen: int, by: User, now: dt.datetime | None = None
) -> ReviewRequest:
    """Write a request about a lowered leaf, or anew; `seen` is the version that was read, 0 for none.

    The unit's heads are told of a new one. Raises NotPermitted, WrongState for a day that is over, a file
    that is not concluded or a version that was written over, AssessmentError for an empty text and a leaf
    that was not lowered.
    """
    now = now or timezone.now()
    file = _locked(file)
    held = file.reviews.filter(criterion=leaf).first()
    check_review(by, file, ReviewVerb.WRITE, held, now=now)
    check_reviewable(file, leaf)
    text = text.strip()
    if not text:
        raise AssessmentError(f"Ghi nội dung đề nghị xem xét lại mục {leaf.code}.")
    _require_seen(held, seen, leaf)
    lowered = lowered_in(file).filter(criterion=leaf).first()
    if lowered is None or lowered.obtained is None:
        raise AssessmentError(f"Mục {leaf.code} không bị giảm điểm so với tự chấm.")
    request = held or ReviewRequest(assessment=file, criterion=leaf, version=0)
    before = {"state": held.state, "request": held.request} if held else {}
    request.contested, request.request = lowered.obtained, text
    request.written_by, request.written_at, request.version = by.actor.name, now, request.version + 1
    request.save()
    after = {"state": request.state, "request": text}
    record(by=by.actor, verb=REVIEWS[ReviewVerb.WRITE].audit, on=request, before=before, after=after)
    if held is None:
        told = f"{file.unit_name}: có đề nghị xem xét lại mục {leaf.code} chờ lãnh đạo đơn vị gửi."
        notify(unit_people(file, (Role.UNIT_HEAD,)), told, address=unit_address(file), round=file.group.round)
    return request


@transaction.atomic
def send(request: ReviewRequest, *, seen: int, by: User, now: dt.datetime | None = None) -> ReviewRequest:
    """Send a request to the council, whose secretary and chair are told. `seen` is the version that was read.

    Raises NotPermitted, and WrongState for one that is sent already, written over, or whose day is over.
    """
    now = now or timezone.now()
    file, held = _fresh(request)
    check_review(by, file, ReviewVerb.SEND, held, now=now)
    _require_seen(held, seen, held.criterion)
    held.state, held.sent_by, held.sent_at = ReviewState.SENT, by.actor.name, now
    held.save(update_fields=["state", "sent_by", "sent_at"])
    _record(held, ReviewVerb.SEND, by, before=WRITTEN)
    step = REVIEWS[ReviewVerb.KEEP]
    duties = [role for role in step.roles if not isinstance(role, Role)]
    text = f"{file.unit_name} đề nghị xem xét lại mục {held.criterion.code}, {file.group.round}."
    notify(council_people(file, duties), text, address=answer_address(held), round=file.group.round)
    return held


@transaction.atomic
def drop(request: ReviewRequest, *, seen: int, by: User, now: dt.datetime | None = None) -> None:
    """Take back a request that was not sent; the leaf may be asked about again. What it said stays on record.

    Raises NotPermitted, and WrongState for one that is sent already or was written over.
    """
    file, held = _fresh(request)
    check_review(by, file, ReviewVerb.DROP, held, now=now)
    _require_seen(held, seen, held.criterion)
    before = {"state": held.state, "request": held.request}
    record(by=by.actor, verb=REVIEWS[ReviewVerb.DROP].audit, on=held, before=before)
    held.delete()


def _require_seen(held: ReviewRequest | None, seen: int, leaf: Criterion) -> None:
    if (held.version if held else 0) != seen:
        by = f"{held.written_by} vừa viết lại" if held else "Có người vừa bỏ"
        raise WrongState(f"{by} đề nghị xem xét lại mục {leaf.code}. Đọc bản mới nhất rồi làm lại.")


# -- the council


@transaction.atomic
def answer(
    request: ReviewRequest,
    *,
    reason: str,
    said: Decision | None,
    by: User,
    now: dt.datetime | None = None,
) -> ReviewRequest:
    """Keep the conclusion (`said` is None) or write another, with a reason that the unit reads.

    Another conclusion is a word like any other, on record with old and new; what the system computes from the
    file's totals follows. The unit's people are told. Raises NotPermitted, WrongState for a request that is
    answered already, StaleDecision where the rows changed since they were read, AssessmentError without a
    reason or for what the leaf's rule refuses.
    """
    now = now or timezone.now()
    verb = ReviewVerb.KEEP if said is None else ReviewVerb.CHANGE
    file, held = _fresh(request)
    check_review(by, file, verb, held, now=now)
    reason = reason.strip()
    if not reason:
        raise AssessmentError(f"Ghi lý do trả lời đề nghị xem xét lại mục {held.criterion.code}.")
    if said is not None:
        held.became = _conclude_anew(file, held.criterion, replace(said, reason=reason), by)
    held.state = ReviewState.KEPT if said is None else ReviewState.CHANGED
    held.answer, held.answered_by, held.answered_at = reason, by.actor.name, now
    held.save(update_fields=["state", "answer", "answered_by", "answered_at", "became"])
    _record(held, verb, by, before=ReviewState.SENT, reason=reason)
    label = ReviewState(held.state).label.lower()
    text = f"{file.unit_name}: đề nghị xem xét lại mục {held.criterion.code} đã có trả lời, {label}."
    notify(unit_people(file), text, address=unit_address(file), round=file.group.round)
    return held


def _conclude_anew(file: Assessment, leaf: Criterion, said: Decision, by: User) -> Decimal:
    """Write another conclusion on the leaf; what it comes to."""
    rows = {score.track: score for score in file.scores.filter(criterion=leaf)}
    own, earlier = rows.get(Track.SELF), rows.get(Track.CONCLUSION)
    require_fresh(file, leaf, said, earlier, own)
    word = word_of(file, leaf, said, own)
    record_words(file.group, [word], track=Track.CONCLUSION, by=by.actor, because=word.reason, reviewed=True)
    became = file.scores.get(criterion=leaf, track=Track.CONCLUSION)
    if became.obtained is None or (earlier is not None and worth(became) == worth(earlier)):
        raise AssessmentError(f"Điểm mục {leaf.code} vẫn như cũ. Chọn “Giữ nguyên kết luận” kèm lý do.")
    compute_again(file, by=by.actor)
    return became.obtained


def worth(score: Score) -> tuple[Decimal | None, Decimal]:
    """What a word adds to the file: points, and of how many."""
    return score.obtained, score.attainable


# -- who sees what waits


def check_see_reviews(user: Person, round: Round) -> None:
    """Raise NotPermitted unless the person may read what the units of a round ask to be reviewed."""
    if not can_see_progress(user, round):
        raise NotPermitted(
            "Đề nghị xem xét lại chỉ dành cho cơ quan tổ chức đánh giá, cơ quan kiểm tra, giám sát, Chủ tịch "
            "và Thư ký Hội đồng thẩm định của đợt này, hoặc người thay họ."
        )


def reviews_of(user: Person, round: Round) -> QuerySet[ReviewRequest]:
    """The requests sent in a round that the person may read.

    Not those of a unit of their own, nor, unless they sit in the council, of the other units of its group:
    results that are not published.
    """
    files = Assessment.objects.filter(seen_files(user, round), group__round=round)
    if isinstance(user, User) and (own := own_units(user)):
        with_own = Assessment.objects.filter(unit__in=own).values("group")
        files = files.exclude(unit__in=own).filter(~Q(group__in=with_own) | council_files(user, round))
    sent = ReviewRequest.objects.exclude(state=WRITTEN).filter(assessment__in=files)
    return sent.select_related("assessment__group__round", "criterion")


def unit_address(file: Assessment) -> str:
    """The page on which a unit asks for review and reads the answers."""
    return reverse("assessments:own_reviews", args=[file.group.round.code, file.group.code, file.unit_code])


def answer_address(request: ReviewRequest) -> str:
    """The page on which the council answers a request."""
    return reverse("assessments:review", args=[request.assessment.group.round.code, request.pk])


def _record(
    held: ReviewRequest, verb: ReviewVerb, by: User, *, before: ReviewState, reason: str = ""
) -> None:
    after = {"state": str(held.state)}
    if held.became is not None:
        after["points"] = plain(held.became)
    step = REVIEWS[verb]
    record(by=by.actor, verb=step.audit, on=held, before={"state": before.value}, after=after, reason=reason)


def _locked(file: Assessment) -> Assessment:
    """The file as it stands, so that a request and a verb on the file wait for one another."""
    files = Assessment.objects.select_for_update(of=("self",))
    return files.select_related("group__round", "group__framework").get(pk=file.pk)


def _fresh(request: ReviewRequest) -> tuple[Assessment, ReviewRequest]:
    """The request and its file, locked. Raises WrongState for one that was taken back."""
    file = _locked(request.assessment)
    held = ReviewRequest.objects.select_related("criterion__content").filter(pk=request.pk).first()
    if held is None:
        raise WrongState("Đề nghị xem xét lại này đã được bỏ. Tải lại trang.")
    held.assessment = file
    return file, held
