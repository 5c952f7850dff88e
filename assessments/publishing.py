"""Publishing by two persons: one prepares, another confirms or declines; so it is with withdrawing.

A round with many units takes longer than a request may: its hashes and its publication are made by jobs.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from assessments.enums import (
    AssessmentState,
    PreparationKind,
    PreparationState,
    PublicationState,
    ReviewState,
)
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import Assessment, Group, Preparation, Publication, Round
from assessments.models.preparation import WAITS
from assessments.notifications import notify, organiser_people
from assessments.permissions.publishing import check_confirm, check_publish, ranked_own_units
from assessments.publication import digest, manifest_of, publish, require_final, withdraw
from assessments.reconciliation import differences
from assessments.scorecard import GroupResult, UnitResult, rank_group
from parindex.accounts.enums import UNIT_ROLES
from parindex.accounts.models import Membership, User
from parindex.audit.events import Actor, record
from parindex.listing import fold

BROKEN_OFF = (
    "Việc công bố bị ngắt giữa chừng, chưa có gì được công bố. Xác nhận lại; nếu vẫn không được, báo người "
    "quản trị máy chủ, cùng giờ xác nhận."
)


# -- what stands before a publication


@dataclass(frozen=True, slots=True)
class GroupReadiness:
    """A group as it would be published now, and what is still missing."""

    group: Group
    result: GroupResult
    unfinished: int
    differences: int
    # Requests for review that wait for an answer.
    reviews: int

    @property
    def waiting(self) -> list[UnitResult]:
        """Units with leaves that have no points yet."""
        return [unit for unit in self.result.units if unit.provisional]

    @property
    def unscored(self) -> int:
        """How many leaves of all units have no points yet."""
        return sum(unit.unscored for unit in self.result.units)

    @property
    def is_ready(self) -> bool:
        """Whether nothing keeps the group from being published; differences of papers do not."""
        return bool(self.result.units) and not (self.unscored or self.unfinished or self.reviews)


def readiness(round: Round) -> list[GroupReadiness]:
    """Every group of a round that has a framework, ranked as its rows stand now."""
    groups = round.groups.filter(framework__isnull=False).order_by("position")
    sent = Count("assessments__reviews", filter=Q(assessments__reviews__state=ReviewState.SENT))
    groups = groups.annotate(open_reviews=sent)
    found = []
    for group in groups.select_related("round__organiser", "framework__decision__issuer", "survey"):
        result = rank_group(group)
        unfinished = group.assessments.exclude(state=AssessmentState.CONCLUDED).count()
        found.append(
            GroupReadiness(group, result, unfinished, len(differences(group, result)), group.open_reviews)
        )
    return found


def waiting_preparation(round: Round) -> Preparation | None:
    """What waits for a second person, or is being carried out."""
    waiting = round.preparations.filter(state__in=WAITS).select_related("round__organiser", "replaces")
    return waiting.defer("manifest", "replaces__manifest").first()


def publications_of_number(preparation: Preparation) -> Sequence[Publication]:
    """What the organiser has published before under the number of the decision that is prepared.

    One decision may announce several rounds, so the two persons are told and decide.
    """
    if preparation.is_withdrawal:
        return ()
    number = fold(preparation.decision_number)
    before = Publication.objects.filter(round__organiser=preparation.round.organiser_id)
    before = before.select_related("round").defer("manifest").order_by("-pk")
    return [one for one in before if fold(one.decision_number) == number]


def is_large(round: Round) -> bool:
    """Whether the round has too many units to be published within a request."""
    return Assessment.objects.filter(group__round=round).count() > settings.PUBLISH_INLINE_UNITS


# -- the first person


@transaction.atomic
def prepare(
    round: Round, *, decision_number: str, signed: dt.date, signer: str, reason: str = "", by: User
) -> Preparation:
    """Prepare a publication of the results as they stand, for a second person to confirm.

    Raises NotPermitted, WrongState while another preparation waits, StillProvisional, and AssessmentError
    where a reason for superseding is missing.
    """
    check_publish(by, round)
    round = _with_nothing_waiting(round)
    replaces = _current(round)
    if replaces is not None and not reason.strip():
        raise AssessmentError("Đợt này đã công bố. Ghi lý do thay thế bản đang công bố.")
    preparation = Preparation(
        round=round,
        decision_number=decision_number,
        signed=signed,
        signer=signer,
        reason=reason.strip() if replaces is not None else "",
        replaces=replaces,
        prepared_by_id=by.pk,
        prepared_by=str(by),
        prepared_of=ranked_own_units(by, round),
        prepared_at=timezone.now(),
    )
    large = is_large(round)
    if large:
        require_final(round)
    else:
        preparation.manifest = manifest_of(round)
        preparation.digest = digest(preparation.manifest)
    preparation.save()
    if large:
        work_out_manifest.enqueue(preparation.pk)
    _prepared(preparation, by, "chuẩn bị công bố")
    return preparation


@transaction.atomic
def prepare_withdrawal(publication: Publication, *, reason: str, by: User) -> Preparation:
    """Prepare that a publication is taken back, for a second person to confirm.

    Raises NotPermitted, WrongState while another preparation waits or the publication has ended, and
    AssessmentError without a reason.
    """
    check_publish(by, publication.round)
    round = _with_nothing_waiting(publication.round)
    if _current(round) != publication:
        raise WrongState("Bản công bố này không còn hiệu lực nên không thu hồi được.")
    if not reason.strip():
        raise AssessmentError("Ghi lý do thu hồi.")
    preparation = Preparation.objects.create(
        round=round,
        kind=PreparationKind.WITHDRAW,
        decision_number=publication.decision_number,
        signed=publication.signed,
        signer=publication.signer,
        reason=reason.strip(),
        replaces=publication,
        digest=publication.digest,
        prepared_by_id=by.pk,
        prepared_by=str(by),
        prepared_of=ranked_own_units(by, round),
        prepared_at=timezone.now(),
    )
    _prepared(preparation, by, "chuẩn bị thu hồi bản công bố")
    return preparation


def _with_nothing_waiting(round: Round) -> Round:
    round = Round.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=round.pk)
    waiting = round.preparations.filter(state__in=WAITS).defer("manifest").first()
    if waiting is not None:
        raise WrongState(
            f"{waiting.prepared_by} đã chuẩn bị một bản ({waiting.get_kind_display().lower()}) chưa ai xác "
            "nhận hoặc từ chối. Giải quyết bản đó trước."
        )
    return round


def _current(round: Round) -> Publication | None:
    return round.publications.filter(state=PublicationState.CURRENT).first()


def _prepared(preparation: Preparation, by: User, verb: str) -> None:
    after = {"decision": preparation.decision_number, "digest": preparation.digest}
    if preparation.prepared_of:
        after["prepared_of"] = preparation.prepared_of
    record(by=by.actor, verb=verb, on=preparation, after=after, reason=preparation.reason)
    others = organiser_people(preparation.round).exclude(pk=by.pk)
    asked = "thu hồi bản công bố" if preparation.is_withdrawal else "công bố kết quả"
    _tell(preparation, others, f"{by} đã chuẩn bị {asked} {preparation.round}, chờ bạn xác nhận.")


def _tell(preparation: Preparation, people: Iterable[User], text: str) -> None:
    address = reverse("assessments:publishing", args=[preparation.round.code])
    notify(people, text, address=address, round=preparation.round)


# -- the second person


@transaction.atomic
def confirm(preparation: Preparation, *, by: User) -> Preparation:
    """Carry out what another person has prepared: at once, or by a job where the round is large.

    Raises NotPermitted, also for the person who prepared it, WrongState where it was decided already, and
    ResultsChanged where the results are no longer those that were prepared.
    """
    preparation = _locked(preparation)
    check_confirm(by, preparation)
    _require_waiting(preparation)
    if not preparation.digest:
        raise WrongState("Mã kiểm tra của bản chuẩn bị chưa tính xong nên chưa xác nhận được.")
    preparation.ended_of = ranked_own_units(by, preparation.round)
    if preparation.is_withdrawal or not is_large(preparation.round):
        _carry_out(preparation, by.actor)
        return preparation
    preparation.state, preparation.error = PreparationState.RUNNING, ""
    preparation.ended_by_id, preparation.ended_by = by.pk, str(by)
    preparation.ended_at = timezone.now()
    preparation.save(update_fields=["state", "error", "ended_by_id", "ended_by", "ended_of", "ended_at"])
    publish_confirmed.enqueue(preparation.pk)
    return preparation


@transaction.atomic
def decline(preparation: Preparation, *, reason: str, by: User) -> Preparation:
    """Refuse what was prepared, with a reason; who prepared it may take it back likewise.

    Raises NotPermitted, WrongState where it was decided already, AssessmentError without a reason.
    """
    preparation = _locked(preparation)
    check_publish(by, preparation.round)
    _require_waiting(preparation)
    if not reason.strip():
        raise AssessmentError("Ghi lý do không xác nhận.")
    _end(preparation, PreparationState.DECLINED, by.actor, reason=reason.strip())
    own = by.pk == preparation.prepared_by_id
    verb = "rút lại bản chuẩn bị công bố" if own else "không xác nhận bản chuẩn bị công bố"
    record(by=by.actor, verb=verb, on=preparation, reason=reason.strip())
    if not own:
        people = User.objects.filter(pk=preparation.prepared_by_id)
        _tell(preparation, people, f"{by} không xác nhận bản bạn chuẩn bị: {reason.strip()}")
    return preparation


def _locked(preparation: Preparation) -> Preparation:
    """The round first, as publishing locks it too: two persons at once wait for one another."""
    Round.objects.select_for_update().get(pk=preparation.round_id)
    waiting = Preparation.objects.select_related("round__organiser", "replaces")
    return waiting.defer("replaces__manifest").get(pk=preparation.pk)


def _require_waiting(preparation: Preparation) -> None:
    if preparation.state == PreparationState.RUNNING and preparation.is_under_way:
        raise WrongState(f"{preparation.ended_by} đã xác nhận, hệ thống đang công bố.")
    if preparation.state not in WAITS:
        state = PreparationState(preparation.state).label
        raise WrongState(
            f"Bản chuẩn bị này đã được {preparation.ended_by} quyết định: “{state}”. Tải lại trang để xem."
        )


def _carry_out(preparation: Preparation, by: Actor) -> None:
    if preparation.is_withdrawal and preparation.replaces is not None:
        withdraw(preparation.replaces, reason=preparation.reason, by=by)
    else:
        if _current(preparation.round) != preparation.replaces:
            raise WrongState("Bản đang công bố đã khác so với lúc chuẩn bị. Chuẩn bị lại.")
        preparation.publication = publish(
            preparation.round,
            decision_number=preparation.decision_number,
            signed=preparation.signed,
            signer=preparation.signer,
            reason=preparation.reason,
            by=by,
            expected=preparation.manifest,
        )
    _end(preparation, PreparationState.CONFIRMED, by)
    verb = "xác nhận thu hồi bản công bố" if preparation.is_withdrawal else "xác nhận công bố"
    after = {"prepared_by": preparation.prepared_by, "digest": preparation.digest}
    if preparation.ended_of:
        after["ended_of"] = preparation.ended_of
    record(by=by, verb=verb, on=preparation, after=after, reason=preparation.reason)
    done = "đã thu hồi bản công bố" if preparation.is_withdrawal else "đã công bố kết quả"
    preparer = User.objects.filter(pk=preparation.prepared_by_id)
    _tell(preparation, preparer, f"{by.name} đã xác nhận: {done} {preparation.round}.")
    address = reverse("assessments:round", args=[preparation.round.code])
    text = f"{preparation.round.organiser} {done}: {preparation.round}."
    notify(_people_of_units(preparation.round), text, address=address, round=preparation.round)


def _end(preparation: Preparation, state: PreparationState, by: Actor, *, reason: str = "") -> None:
    preparation.state, preparation.end_reason, preparation.error = state, reason, ""
    preparation.ended_by_id, preparation.ended_by = by.id, by.name
    preparation.ended_at = timezone.now()
    preparation.save(
        update_fields=[
            "state",
            "end_reason",
            "error",
            "ended_by_id",
            "ended_by",
            "ended_of",
            "ended_at",
            "publication",
        ]
    )


def _people_of_units(round: Round) -> list[User]:
    units = Assessment.objects.filter(group__round=round).values("unit")
    held = Membership.objects.on(timezone.localdate()).filter(unit__in=units, role__in=UNIT_ROLES)
    return list(User.objects.filter(pk__in=held.values("user")))


# -- jobs


@task()
def work_out_manifest(preparation_id: int) -> None:
    """Work out the hashes of what was prepared; in any other state the row is left alone."""
    waiting = Preparation.objects.filter(pk=preparation_id, state=PreparationState.OPEN, digest="")
    preparation = waiting.select_related("round").first()
    if preparation is None:
        return
    try:
        manifest = manifest_of(preparation.round)
        waiting.update(manifest=manifest, digest=digest(manifest), error="")
    except AssessmentError as refusal:
        waiting.update(error=str(refusal))
    except BaseException:  # also when the worker is told to stop at once
        waiting.update(error="Việc tính mã kiểm tra bị ngắt giữa chừng. Rút lại rồi chuẩn bị lại.")
        raise


@task()
def publish_confirmed(preparation_id: int) -> None:
    """Publish what two persons agreed on; where that is refused it waits for a person again."""
    try:
        with transaction.atomic():
            preparation = _locked(Preparation.objects.defer("manifest").get(pk=preparation_id))
            if preparation.state == PreparationState.RUNNING:
                _carry_out(preparation, Actor(id=preparation.ended_by_id, name=preparation.ended_by))
    except AssessmentError as refusal:
        _give_back(preparation_id, str(refusal))
    except BaseException:  # also when the worker is told to stop at once
        _give_back(preparation_id, BROKEN_OFF)
        raise


def _give_back(preparation_id: int, error: str) -> None:
    running = Preparation.objects.filter(pk=preparation_id, state=PreparationState.RUNNING)
    running.update(
        state=PreparationState.OPEN, error=error, ended_by_id=None, ended_by="", ended_of="", ended_at=None
    )
