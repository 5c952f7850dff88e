"""Freezing results into a publication, and checking one against its hashes and its rows."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from assessments.enums import AssessmentState, PublicationState
from assessments.exceptions import AssessmentError, StillProvisional
from assessments.frozen import Json, group_header, scorecards, unit_row
from assessments.models import AnnouncedResult, Group, Publication, PublishedGroup, PublishedUnit, Round
from assessments.scorecard import GroupResult, rank_group
from parindex.audit.events import Actor, record

BATCH = 500


def digest(value: object) -> str:
    """SHA-256 of a value's canonical JSON text."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def publish(
    round: Round, *, decision_number: str, signed: dt.date, signer: str, by: Actor, reason: str = ""
) -> Publication:
    """Freeze every group of a round that has a framework under a decision.

    A round already published is superseded, which needs a reason. Raises StillProvisional while
    a unit has leaves without points or is not concluded.
    """
    round = Round.objects.select_for_update().get(pk=round.pk)
    results = [(group, rank_group(group)) for group in _groups(round)]
    _require_final(results)
    earlier = round.publications.filter(state=PublicationState.CURRENT).first()
    now = timezone.now()
    if earlier:
        if not reason.strip():
            raise AssessmentError("Đợt này đã công bố. Ghi lý do thay thế bản công bố trước.")
        _end(earlier, PublicationState.SUPERSEDED, reason=reason, at=now, by=by)
    frozen = [(group, result, *_frozen(group, result)) for group, result in results]
    manifest = {
        group.code: {
            "header": digest(header),
            "units": {row["unit"]: digest([row, card]) for row, card in rows},
        }
        for group, _, header, rows in frozen
    }
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
    for group, result, header, rows in frozen:
        _store(publication, group, result, header, rows)
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


def _frozen(group: Group, result: GroupResult) -> tuple[Json, list[tuple[Json, Json]]]:
    header = group_header(group, result)
    announced = {
        paper.assessment_id: paper for paper in AnnouncedResult.objects.filter(assessment__group=group)
    }
    rows = [
        (unit_row(unit, header, announced.get(unit.assessment_id)), card)
        for unit, card in scorecards(group, list(result.units))
    ]
    return header, rows


def _store(
    publication: Publication, group: Group, result: GroupResult, header: Json, rows: list[tuple[Json, Json]]
) -> None:
    published = PublishedGroup.objects.create(
        publication=publication,
        group=group,
        code=group.code,
        name=group.name,
        position=group.position,
        units_count=len(rows),
        mean_index=result.mean_index,
        is_illustrative=group.is_illustrative,
        header=header,
    )
    PublishedUnit.objects.bulk_create(
        (
            PublishedUnit(
                group=published,
                unit_code=row["unit"],
                unit_name=row["name"],
                position=position,
                row=row,
                scorecard=card,
                digest=digest([row, card]),
            )
            for position, (row, card) in enumerate(rows, start=1)
        ),
        batch_size=BATCH,
    )


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
    broken = []
    for group in publication.groups.order_by("position"):
        expected = publication.manifest.get(group.code, {"header": "", "units": {}})
        if digest(group.header) != expected["header"]:
            broken.append(f"{group.name}: phần đầu")
        found = {
            unit.unit_code: digest([unit.row, unit.scorecard]) for unit in group.units.order_by("position")
        }
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
        _, rows = _frozen(published.group, rank_group(published.group))
        today = {row["unit"]: row for row, _ in rows}
        for unit in published.units.defer("scorecard").order_by("position"):
            if today.get(unit.unit_code) != unit.row:
                changed.append(f"{published.name}: {unit.unit_name}")
        known = set(published.units.values_list("unit_code", flat=True))
        changed += [f"{published.name}: {row['name']}" for code, row in today.items() if code not in known]
    return changed
