"""Freezing results into a publication, and checking one against its hashes and its rows."""

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments.enums import AssessmentState, PublicationState, ReviewState
from assessments.exceptions import AssessmentError, StillProvisional
from assessments.frozen import Json, group_header, scorecards, unit_row
from assessments.models import (
    AnnouncedResult,
    Group,
    Publication,
    PublishedGroup,
    PublishedUnit,
    ReviewRequest,
    Round,
)
from assessments.scorecard import GroupResult, rank_group
from parindex.audit.events import Actor, record

UNITS_AT_A_TIME = 100


def canonical(value: object) -> str:
    """A value's canonical JSON text, on one line."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: object) -> str:
    """SHA-256 of a value's canonical JSON text."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


class ResultsChanged(AssessmentError):
    """The results are no longer those that were checked; `changed` names the units and groups."""

    def __init__(self, changed: list[str]) -> None:
        listed = "; ".join(changed[:10])
        rest = f"; và {len(changed) - 10} chỗ khác" if len(changed) > 10 else ""
        super().__init__(
            f"Kết quả đã thay đổi từ lúc chuẩn bị nên chưa công bố: {listed}{rest}. "
            "Chuẩn bị lại trên số liệu mới."
        )
        self.changed = changed


@dataclass(frozen=True, slots=True)
class _Frozen:
    """A group as it will be stored; its units' rows and scorecards wait outside, a line each."""

    group: Group
    result: GroupResult
    header: Json
    digests: dict[str, str]


def require_final(round: Round) -> None:
    """Raise StillProvisional while a unit has leaves without points, is not concluded or asks for review."""
    _final_results(round)


def manifest_of(round: Round) -> Json:
    """The hashes of all that would be published now. Raises StillProvisional."""
    results = _final_results(round)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        return _manifest([_freeze(group, result, nowhere) for group, result in results])


@transaction.atomic
def publish(
    round: Round,
    *,
    decision_number: str,
    signed: dt.date,
    signer: str,
    by: Actor,
    reason: str = "",
    expected: Json | None = None,
) -> Publication:
    """Freeze every group of a round that has a framework under a decision.

    `expected` is the manifest of what was checked beforehand; anything else is refused. A round already
    published is superseded, which needs a reason. Raises StillProvisional while a unit has leaves without
    points, is not concluded or waits for an answer to a request for review, ResultsChanged where the
    results are not the expected ones.
    """
    round = Round.objects.select_for_update().get(pk=round.pk)
    results = _final_results(round)
    earlier = round.publications.filter(state=PublicationState.CURRENT).first()
    now = timezone.now()
    if earlier:
        if not reason.strip():
            raise AssessmentError("Đợt này đã công bố. Ghi lý do thay thế bản công bố trước.")
        _end(earlier, PublicationState.SUPERSEDED, reason=reason, at=now, by=by)
    # The manifest stands before the rows it covers, and a country's scorecards do not fit in memory.
    with TemporaryFile("w+", encoding="utf-8", newline="\n") as waiting:
        frozen = [_freeze(group, result, waiting) for group, result in results]
        manifest = _manifest(frozen)
        if expected is not None and manifest != expected:
            raise ResultsChanged(_differing(round, expected, manifest))
        publication = Publication.objects.create(
            round=round,
            decision_number=decision_number,
            signed=signed,
            signer=signer,
            published_at=now,
            published_by=by.name,
            manifest=manifest,
            digest=digest([decision_number, signed.isoformat(), signer, manifest]),
        )
        waiting.seek(0)
        for item in frozen:
            _store(publication, item, islice(waiting, len(item.digests)))
    if earlier:
        Publication.objects.filter(pk=earlier.pk).update(superseded_by=publication)
    record(
        by=by,
        verb="công bố kết quả",
        on=publication,
        after={"decision": decision_number, "digest": publication.digest},
        reason=reason,
    )
    return publication


def _groups(round: Round) -> Iterator[Group]:
    groups = round.groups.filter(framework__isnull=False).order_by("position")
    yield from groups.select_related("round__organiser", "framework__decision__issuer", "survey")


def _final_results(round: Round) -> list[tuple[Group, GroupResult]]:
    results = [(group, rank_group(group)) for group in _groups(round)]
    _require_final(results)
    return results


def _manifest(frozen: list[_Frozen]) -> Json:
    return {item.group.code: {"header": digest(item.header), "units": item.digests} for item in frozen}


def _differing(round: Round, before: Json, after: Json) -> list[str]:
    """Units whose rows differ between two manifests; a group's name where only its settings do."""
    groups = round.groups.order_by("position")
    changed = []
    for group in groups:
        old, new = (manifest.get(group.code, {}) for manifest in (before, after))
        old_units, new_units = old.get("units", {}), new.get("units", {})
        names = dict(group.assessments.order_by("unit_sort_key").values_list("unit_code", "unit_name"))
        codes = [*names, *(code for code in old_units if code not in names)]
        units = [code for code in codes if old_units.get(code) != new_units.get(code)]
        changed += [f"{group.name}: {names.get(code, code)}" for code in units]
        if not units and old.get("header") != new.get("header"):
            changed.append(f"{group.name}: bộ tiêu chí, cách tính hoặc số văn bản công bố")
    return changed


def _require_final(results: list[tuple[Group, GroupResult]]) -> None:
    if not results:
        raise AssessmentError("Đợt đánh giá chưa có nhóm nào có bộ tiêu chí.")
    for group, result in results:
        waiting = [
            f"{unit.unit_name}: {unit.unscored} mục chưa có điểm" for unit in result.units if unit.provisional
        ]
        if waiting:
            raise StillProvisional(f"Nhóm {group.name} còn là dự kiến. {'; '.join(waiting[:10])}.")
        unfinished = group.assessments.exclude(state=AssessmentState.CONCLUDED).count()
        if unfinished:
            raise StillProvisional(f"Nhóm {group.name} còn {unfinished} hồ sơ chưa kết luận.")
        asked = [
            f"{request.assessment.unit_name}: mục {request.criterion.code}" for request in open_reviews(group)
        ]
        if asked:
            raise StillProvisional(
                f"Nhóm {group.name} còn {len(asked)} đề nghị xem xét lại chưa trả lời. "
                f"{'; '.join(asked[:10])}."
            )


def open_reviews(group: Group) -> QuerySet[ReviewRequest]:
    """The requests for review that units sent and nobody has answered yet."""
    sent = ReviewRequest.objects.filter(assessment__group=group, state=ReviewState.SENT)
    return sent.select_related("assessment", "criterion").order_by(
        "assessment__unit_sort_key", "criterion__position"
    )


def _rows(group: Group, header: Json, result: GroupResult) -> Iterator[Json]:
    """The ranking rows of a group, in rank order."""
    announced = {
        paper.assessment_id: paper for paper in AnnouncedResult.objects.filter(assessment__group=group)
    }
    for unit in result.units:
        yield unit_row(unit, header, announced.get(unit.assessment_id))


def _freeze(group: Group, result: GroupResult, waiting: IO[str]) -> _Frozen:
    """Write every unit's row and scorecard to a line of its own, and keep what has to be known of them."""
    header = group_header(group, result)
    digests = {}
    cards = scorecards(group, list(result.units))
    for row, (_, card) in zip(_rows(group, header, result), cards, strict=True):
        digests[row["unit"]] = digest([row, card])
        waiting.write(f"{canonical([row, card])}\n")
    return _Frozen(group, result, header, digests)


def _store(publication: Publication, frozen: _Frozen, lines: Iterator[str]) -> None:
    published = PublishedGroup.objects.create(
        publication=publication,
        group=frozen.group,
        code=frozen.group.code,
        name=frozen.group.name,
        position=frozen.group.position,
        units_count=len(frozen.digests),
        mean_index=frozen.result.mean_index,
        is_illustrative=frozen.group.is_illustrative,
        header=frozen.header,
    )
    units = (
        PublishedUnit(
            group=published,
            unit_code=row["unit"],
            unit_name=row["name"],
            position=position,
            row=row,
            scorecard=card,
            digest=frozen.digests[row["unit"]],
        )
        for position, (row, card) in enumerate(map(json.loads, lines), start=1)
    )
    while some := list(islice(units, UNITS_AT_A_TIME)):
        PublishedUnit.objects.bulk_create(some)


def _end(
    publication: Publication, state: PublicationState, *, reason: str, at: dt.datetime, by: Actor
) -> None:
    publication.state = state
    publication.ended_at = at
    publication.ended_by = by.name
    publication.end_reason = reason
    publication.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])


@transaction.atomic
def withdraw(publication: Publication, *, reason: str, by: Actor) -> None:
    """Take a publication back: it stays on record, with the reason, and is no longer public."""
    publication = Publication.objects.select_for_update().get(pk=publication.pk)
    if publication.state != PublicationState.CURRENT:
        raise AssessmentError("Bản công bố này không còn hiệu lực.")
    if not reason.strip():
        raise AssessmentError("Ghi lý do thu hồi.")
    _end(publication, PublicationState.WITHDRAWN, reason=reason, at=timezone.now(), by=by)
    record(by=by, verb="thu hồi bản công bố", on=publication, reason=reason)


def broken_rows(publication: Publication) -> list[str]:
    """Frozen rows whose hash no longer fits the manifest; empty when the publication is whole."""
    frozen = set(publication.groups.values_list("code", flat=True))
    broken = [f"{code}: không còn" for code in publication.manifest if code not in frozen]
    for group in publication.groups.order_by("position"):
        expected = publication.manifest.get(group.code, {"header": "", "units": {}})
        if digest(group.header) != expected["header"]:
            broken.append(f"{group.name}: phần đầu")
        units = group.units.order_by("position").iterator(UNITS_AT_A_TIME)
        found = {unit.unit_code: digest([unit.row, unit.scorecard]) for unit in units}
        broken += [
            f"{group.name}: {code}"
            for code in expected["units"]
            if found.get(code) != expected["units"][code]
        ]
        broken += [f"{group.name}: {code}" for code in found if code not in expected["units"]]
    whole = digest(
        [
            publication.decision_number,
            publication.signed.isoformat(),
            publication.signer,
            publication.manifest,
        ]
    )
    if whole != publication.digest:
        broken.append("danh mục mã kiểm tra")
    return broken


def changed_since(publication: Publication) -> list[str]:
    """Units whose rows, computed anew today, differ from what was published."""
    changed = []
    for published in publication.groups.select_related(
        "group__round__organiser", "group__framework__decision__issuer", "group__survey"
    ).order_by("position"):
        result = rank_group(published.group)
        header = group_header(published.group, result)
        today = {row["unit"]: row for row in _rows(published.group, header, result)}
        for unit in published.units.defer("scorecard").order_by("position"):
            if today.get(unit.unit_code) != unit.row:
                changed.append(f"{published.name}: {unit.unit_name}")
        known = set(published.units.values_list("unit_code", flat=True))
        changed += [f"{published.name}: {row['name']}" for code, row in today.items() if code not in known]
    return changed
