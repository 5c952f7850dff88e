"""What a unit's officer does with evidence: put it in, offer it for a leaf, say where to look, take it back.

Each verb checks the person and the state, changes and writes its event in one transaction. A file is
written before its row, and removed again where the row does not come to be.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone

from assessments.enums import AssessmentState
from assessments.evidence.intake import ReadFile
from assessments.evidence.reads import places_of
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import Assessment, Clarification, Evidence, EvidenceUse
from assessments.models.evidence import evidence_path
from assessments.permissions.evidence import (
    check_add_evidence,
    check_keep_library,
    check_view_library,
    open_clarification,
)
from criteria.models import Criterion
from parindex.accounts.models import Unit, User
from parindex.audit.events import Change, record, record_each
from parindex.audit.models import Event

ADDED = "đưa tài liệu kiểm chứng vào kho"
ATTACHED = "gắn tài liệu kiểm chứng vào mục"
DETACHED = "bỏ tài liệu kiểm chứng khỏi mục"
POINTED = "ghi trang, mục cần xem của tài liệu kiểm chứng"
EDITED = "sửa thông tin tài liệu kiểm chứng"
DELETED = "xóa tài liệu kiểm chứng"
HANDED_IN = [AssessmentState.SUBMITTED, AssessmentState.IN_APPRAISAL, AssessmentState.CONCLUDED]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf of one unit's file: what evidence is offered for."""

    file: Assessment
    criterion: Criterion

    @property
    def told(self) -> dict[str, object]:
        """How events name it."""
        return {"file": self.file.pk, "round": str(self.file.group.round), "leaf": self.criterion.code}


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a paper: its title, and number, date, issuer and link where there are any."""

    title: str
    number: str = ""
    issued: dt.date | None = None
    issuer: str = ""
    link: str = ""

    @classmethod
    def of(cls, evidence: Evidence) -> "About":
        """As a piece of evidence has it."""
        return cls(**{field.name: getattr(evidence, field.name) for field in fields(cls)})

    @property
    def told(self) -> dict[str, str]:
        """How events and pages keep it."""
        return {field.name: str(getattr(self, field.name) or "") for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Added:
    """What became of files: new ones, and those that the unit had already and that serve again."""

    new: list[Evidence]
    held: list[Evidence]


def add_files(
    unit: Unit,
    files: Sequence[ReadFile],
    *,
    by: User,
    leaf: Leaf | None = None,
    now: dt.datetime | None = None,
) -> Added:
    """Keep files in the unit's library and, with a leaf, offer them for it. Same content is kept once.

    Raises NotPermitted or WrongState, and then keeps no file.
    """
    at = now or timezone.now()
    _check_add(by, unit, leaf, now)
    known = set(_held(unit, files))
    fresh = {one.sha256: one for one in files if one.sha256 not in known}
    with _written(unit, list(fresh.values())) as names, transaction.atomic():
        _lock(unit, leaf)
        _check_add(by, unit, leaf, now)
        held = _held(unit, files)
        gone = [one.name for one in files if one.sha256 not in held and one.sha256 not in names]
        if gone:
            raise WrongState(f"Chưa đưa tệp nào vào: “{gone[0]}” vừa bị xóa khỏi kho. Đưa lên lại.")
        new = Evidence.objects.bulk_create(
            Evidence(
                unit=unit,
                title=one.title,
                file=names[digest],
                file_name=one.name,
                sha256=digest,
                size=one.size,
                media_type=one.media_type,
                added_by_id=by.pk,
                added_by=str(by),
                added_at=at,
            )
            for digest, one in fresh.items()
            if digest not in held
        )
        _tell_added(new, by)
        if leaf is not None:
            _offer(leaf, [*new, *held.values()], by, at)
        kept = {piece.sha256 for piece in new}
        # Somebody else brought the same file a moment ago: theirs stays.
        for digest in names.keys() - kept:
            _storage().delete(names[digest])
    return Added(new, list(held.values()))


def add_reference(
    unit: Unit, about: About, *, by: User, leaf: Leaf | None = None, now: dt.datetime | None = None
) -> Evidence:
    """Keep a reference to a paper of the e-office system and, with a leaf, offer it for it.

    Raises NotPermitted, WrongState, or AssessmentError where neither number nor link says which paper.
    """
    at = now or timezone.now()
    _require_findable(about)
    with transaction.atomic():
        _lock(unit, leaf)
        _check_add(by, unit, leaf, now)
        piece = Evidence.objects.create(
            unit=unit,
            added_by_id=by.pk,
            added_by=str(by),
            added_at=at,
            **{field.name: getattr(about, field.name) for field in fields(about)},
        )
        _tell_added([piece], by)
        if leaf is not None:
            _offer(leaf, [piece], by, at)
    return piece


@transaction.atomic
def attach(leaf: Leaf, pieces: Sequence[Evidence], *, by: User, now: dt.datetime | None = None) -> int:
    """Offer pieces of the unit's own library for a leaf; how many were not offered for it before.

    Raises NotPermitted, WrongState, or AssessmentError for a piece of another unit.
    """
    unit = leaf.file.unit
    _lock(unit, leaf)
    _check_add(by, unit, leaf, now)
    check_view_library(by, unit, now=now)
    if any(piece.unit_id != unit.pk for piece in pieces):
        raise AssessmentError(f"Tài liệu không có trong kho của {leaf.file.unit_name}.")
    return _offer(leaf, pieces, by, now or timezone.now())


@transaction.atomic
def set_pointer(
    use: EvidenceUse, pointer: str, *, seen: str, by: User, now: dt.datetime | None = None
) -> EvidenceUse:
    """Say where in a piece to look ("tr. 3–5"); `seen` is what the person's page showed.

    Raises NotPermitted, WrongState, also where somebody else wrote in between.
    """
    held = _locked_use(use)
    check_add_evidence(by, held.assessment, held.criterion, now=now)
    if held.pointer != seen:
        raise WrongState(
            f"Chưa ghi: người khác vừa ghi chỗ cần xem của “{held.evidence}” là “{held.pointer}”. "
            f"Bạn đã ghi “{pointer}”."
        )
    if held.pointer != pointer:
        told = Leaf(held.assessment, held.criterion).told
        held.pointer = pointer
        held.save(update_fields=["pointer"])
        before, after = told | {"pointer": seen}, told | {"pointer": pointer}
        record(by=by.actor, verb=POINTED, on=held.evidence, before=before, after=after)
    return held


@transaction.atomic
def detach(use: EvidenceUse, *, by: User, now: dt.datetime | None = None) -> list[EvidenceUse]:
    """No longer offer a piece for a leaf. It stays in the unit's library. Returns where else it is offered.

    What the appraisers were given stays: while a question is open, only what was added since goes.
    """
    held = _locked_use(use)
    file, criterion = held.assessment, held.criterion
    check_add_evidence(by, file, criterion, now=now)
    if not can_detach(held, open_clarification(file, criterion, now=now)):
        raise WrongState(
            f"“{held.evidence}” đã nộp cùng hồ sơ để thẩm định nên không bỏ khỏi mục {criterion.code} được. "
            "Chỉ bổ sung thêm tài liệu."
        )
    was_handed_in = Event.objects.filter(
        object_type=file._meta.label_lower, object_id=file.pk, after__state__in=[*HANDED_IN]
    ).exists()
    before = Leaf(file, criterion).told | {"pointer": held.pointer, "was_handed_in": was_handed_in}
    record(by=by.actor, verb=DETACHED, on=held.evidence, before=before)
    held.delete()
    return places_of([held.evidence_id]).get(held.evidence_id, [])


def can_detach(use: EvidenceUse, asked: Clarification | None) -> bool:
    """Whether a use may go, for whoever may add; `asked` is the open question about its leaf, if any."""
    return asked is None or use.added_at >= asked.asked_at


@transaction.atomic
def edit(
    evidence: Evidence, about: About, *, seen: dict[str, str], by: User, now: dt.datetime | None = None
) -> Evidence:
    """Change title, number, date, issuer and link; `seen` is `About.told` as the person's page showed it.

    Raises NotPermitted, WrongState where a file that was handed in uses the piece or somebody else wrote in
    between, and AssessmentError for a reference that says of no paper which it is.
    """
    held = Evidence.objects.select_for_update(of=("self",)).select_related("unit").get(pk=evidence.pk)
    check_keep_library(by, held.unit, now=now)
    check_unlocked(held)
    before = About.of(held)
    if before.told != seen:
        raise WrongState(
            f"Chưa lưu: người khác vừa sửa thông tin của “{held}”. Tải lại trang để xem bản mới."
        )
    if not held.file:
        _require_findable(about)
    if before != about:
        for field in fields(about):
            setattr(held, field.name, getattr(about, field.name))
        held.save(update_fields=[field.name for field in fields(about)])
        record(by=by.actor, verb=EDITED, on=held, before=before.told, after=about.told)
    return held


def check_unlocked(evidence: Evidence) -> None:
    """Raise WrongState where a file that is no longer being self-scored uses the piece."""
    uses = evidence.uses.exclude(assessment__state=AssessmentState.DRAFT)
    use = uses.select_related("assessment__group__round").first()
    if use is not None:
        raise WrongState(
            f"“{evidence}” đang dùng trong hồ sơ đã trình hoặc đã nộp ({use.assessment.group.round}) "
            "nên không sửa được."
        )


@transaction.atomic
def delete(evidence: Evidence, *, by: User, now: dt.datetime | None = None) -> None:
    """Delete a piece that is offered nowhere and was in no file that was handed in, with its file.

    Raises NotPermitted, or WrongState naming where it is used.
    """
    held = Evidence.objects.select_for_update(of=("self",)).select_related("unit").get(pk=evidence.pk)
    check_keep_library(by, held.unit, now=now)
    use = held.uses.select_related("criterion", "assessment__group__round").first()
    if use is not None:
        where = f"mục {use.criterion.code}, {use.assessment.group.round}"
        raise WrongState(f"“{held}” đang dùng ở {where} nên không xóa được. Bỏ khỏi mục đó trước.")
    if was_handed_in(held):
        raise WrongState(f"“{held}” đã nộp cùng một hồ sơ nên được giữ lại, không xóa được.")
    record(by=by.actor, verb=DELETED, on=held, before=About.of(held).told | _file_told(held))
    name = held.file.name
    held.delete()
    if name:
        transaction.on_commit(lambda: _storage().delete(name))


def was_handed_in(evidence: Evidence) -> bool:
    """Whether a file held the piece when it was handed in, though it was taken out after a return."""
    return Event.objects.filter(
        object_type=evidence._meta.label_lower,
        object_id=evidence.pk,
        verb=DETACHED,
        before__was_handed_in=True,
    ).exists()


# -- steps that verbs share


def _check_add(by: User, unit: Unit, leaf: Leaf | None, now: dt.datetime | None) -> None:
    if leaf is None:
        check_keep_library(by, unit, now=now)
        return
    file, criterion = leaf.file, leaf.criterion
    if file.unit_id != unit.pk or criterion.framework_id != file.group.framework_id or not criterion.is_leaf:
        raise AssessmentError(f"Mục {criterion.code} không thuộc hồ sơ của {unit}.")
    check_add_evidence(by, file, criterion, now=now)


def _lock(unit: Unit, leaf: Leaf | None) -> None:
    """One writer a unit at a time, so that no content is kept twice; the file's state as it now is."""
    Unit.objects.select_for_update().only("pk").get(pk=unit.pk)
    if leaf is not None:
        held = Assessment.objects.select_for_update().only("state", "self_scoring_until").get(pk=leaf.file.pk)
        leaf.file.state, leaf.file.self_scoring_until = held.state, held.self_scoring_until


def _locked_use(use: EvidenceUse) -> EvidenceUse:
    """A use with its file, held so that the file does not move meanwhile."""
    Assessment.objects.select_for_update().only("pk").get(pk=use.assessment_id)
    held = EvidenceUse.objects.filter(pk=use.pk).select_related(
        "assessment__group__round", "criterion", "evidence"
    )
    found = held.first()
    if found is None:
        raise WrongState("Người khác vừa bỏ tài liệu này khỏi mục. Tải lại trang để xem bản mới.")
    return found


def _held(unit: Unit, files: Sequence[ReadFile]) -> dict[str, Evidence]:
    """What the unit has already of these files, by hash and in their order.

    Never another unit's, though the hash be equal.
    """
    digests = [one.sha256 for one in files]
    found = {piece.sha256: piece for piece in unit.evidence.filter(sha256__in=digests)}
    return {digest: found[digest] for digest in digests if digest in found}


def _offer(leaf: Leaf, pieces: Sequence[Evidence], by: User, at: dt.datetime) -> int:
    offered = set(leaf.file.evidence_uses.filter(criterion=leaf.criterion).values_list("evidence", flat=True))
    fresh = [piece for piece in pieces if piece.pk not in offered]
    EvidenceUse.objects.bulk_create(
        EvidenceUse(
            assessment=leaf.file, criterion=leaf.criterion, evidence=piece, added_by=str(by), added_at=at
        )
        for piece in fresh
    )
    record_each((Change(piece, {}, leaf.told) for piece in fresh), by=by.actor, verb=ATTACHED)
    return len(fresh)


def _tell_added(pieces: Sequence[Evidence], by: User) -> None:
    changes = (Change(piece, {}, About.of(piece).told | _file_told(piece)) for piece in pieces)
    record_each(changes, by=by.actor, verb=ADDED)


def _file_told(piece: Evidence) -> dict[str, Any]:
    return {"file_name": piece.file_name, "sha256": piece.sha256, "size": piece.size}


def _require_findable(about: About) -> None:
    if not about.number and not about.link:
        raise AssessmentError("Ghi số, ký hiệu hoặc liên kết để tìm được văn bản.")


def _storage() -> Storage:
    return Evidence._meta.get_field("file").storage


@contextmanager
def _written(unit: Unit, files: Sequence[ReadFile]) -> Iterator[dict[str, str]]:
    """Files in the private storage, by hash, until their rows are there; none of them where that fails."""
    names: dict[str, str] = {}
    try:
        for one in files:
            path = evidence_path(Evidence(unit=unit, sha256=one.sha256), one.name)
            names[one.sha256] = _storage().save(path, one.content)
        yield names
    except BaseException:
        for name in names.values():
            _storage().delete(name)
        raise
